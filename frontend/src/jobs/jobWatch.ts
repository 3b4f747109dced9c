/** Watches jobs for any number of onlookers: each job is polled once, however many look at it. */

import type { Job } from "../api/wire";
import { LIVE } from "./connection";
import { isFinal, newer } from "./jobState";
import { LONG_POLL_S, pollJob, type Poll, type PollEnvironment, type PollOptions, type Sighting } from "./pollJob";

type Onlooker = (sighting: Sighting) => void;

interface Watched {
  sighting: Sighting;
  onlookers: Set<Onlooker>;
  poll: Poll | null;
}

/** Browsers open six connections to a host; held-back answers must leave room for other calls and other tabs. */
const LONG_POLLS_MAX = 3;

export class JobWatch {
  private readonly watched = new Map<string, Watched>();

  constructor(
    private readonly environment: PollEnvironment,
    private readonly options: Pick<PollOptions, "intervalMs"> & { longPollS?: number } = {},
    /** Told of each sighting of each job. */
    private readonly onSighting: (job: Job) => void = () => undefined,
  ) {}

  /** See the job as it goes on, until the returned function is called. A final job is told once and not asked for. */
  watch(jobId: string, onlooker: Onlooker, known: Job | null = null): () => void {
    const watched = this.entry(jobId, known);
    watched.onlookers.add(onlooker);
    watched.poll ??= this.follow(jobId, watched);
    if (watched.sighting.job) queueMicrotask(() => this.tell(watched, onlooker));
    return () => this.leave(jobId, watched, onlooker);
  }

  /** Spread what another call has answered about a job. */
  learn(job: Job): void {
    const watched = this.watched.get(job.id);
    if (watched?.poll) watched.poll.learn(job);
    else this.onSighting(job);
  }

  private entry(jobId: string, known: Job | null): Watched {
    const found = this.watched.get(jobId);
    if (found) {
      const job = known ? newer(found.sighting.job, known) : found.sighting.job;
      found.sighting = { ...found.sighting, job };
      if (found.sighting.fault) this.revive(found);
      return found;
    }
    const watched: Watched = { sighting: { job: known, connection: LIVE, fault: null }, onlookers: new Set(), poll: null };
    this.watched.set(jobId, watched);
    return watched;
  }

  /** Its poll has given up: who looks anew has the job asked for anew, for everybody. */
  private revive(watched: Watched): void {
    watched.poll = null;
    this.see(watched, { ...watched.sighting, fault: null });
  }

  private follow(jobId: string, watched: Watched): Poll | null {
    const { job } = watched.sighting;
    if (job && isFinal(job)) return null;
    const onChange = (sighting: Sighting) => this.see(watched, sighting);
    const waitS = () => (this.longPolling(jobId) ? (this.options.longPollS ?? LONG_POLL_S) : 0);
    return pollJob(jobId, this.environment, onChange, job, { ...this.options, waitS });
  }

  /** The jobs that are watched longest are long-polled; the others take turns at the interval. */
  private longPolling(jobId: string): boolean {
    const running = [...this.watched].filter(([, { sighting }]) => goesOn(sighting)).map(([id]) => id);
    return running.indexOf(jobId) < LONG_POLLS_MAX;
  }

  private see(watched: Watched, sighting: Sighting): void {
    watched.sighting = sighting;
    if (sighting.job) this.onSighting(sighting.job);
    for (const onlooker of [...watched.onlookers]) this.tell(watched, onlooker);
  }

  private tell(watched: Watched, onlooker: Onlooker): void {
    if (watched.onlookers.has(onlooker)) onlooker(watched.sighting);
  }

  private leave(jobId: string, watched: Watched, onlooker: Onlooker): void {
    watched.onlookers.delete(onlooker);
    if (watched.onlookers.size > 0) return;
    watched.poll?.stop();
    if (this.watched.get(jobId) === watched) this.watched.delete(jobId);
  }
}

function goesOn({ job, fault }: Sighting): boolean {
  return fault === null && (job === null || !isFinal(job));
}
