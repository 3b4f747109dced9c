/** Watches jobs for any number of listeners. Each job is polled once, however many listeners it has. */

import type { Job } from "../api/wire.js";
import { shareJob, type ConnectedClient } from "./jobsClient.js";
import { LIVE } from "./connection.js";
import { isFinal, newer } from "./jobState.js";
import { LONG_POLL_S, pollJob, type Poll, type PollEnvironment, type JobUpdate } from "./pollJob.js";

type Listener = (update: JobUpdate) => void;

interface Watched {
  update: JobUpdate;
  listeners: Set<Listener>;
  poll: Poll | null;
}

export interface WatchOptions {
  /** Milliseconds between two polls if the API does not hold answers back. The default is its `Retry-After`. */
  intervalMs?: number | undefined;
  /** The most seconds that an answer may be held back; 0 for plain polling. */
  longPollS?: number | undefined;
}

/** Browsers open six connections to a host. Long polls must leave some for other calls and other tabs. */
const LONG_POLLS_MAX = 3;

export class JobWatch {
  private readonly environment: PollEnvironment;
  private readonly options: WatchOptions;
  private readonly onUpdate: (job: Job) => void;
  private readonly watched = new Map<string, Watched>();

  /** `onUpdate` is called with each update of each job. */
  constructor(environment: PollEnvironment, options: WatchOptions = {}, onUpdate: (job: Job) => void = () => undefined) {
    this.environment = environment;
    this.options = options;
    this.onUpdate = onUpdate;
  }

  /** Report updates of the job until the returned function is called. A final job is reported once and not polled. */
  watch(jobId: string, listener: Listener, known: Job | null = null): () => void {
    const watched = this.entry(jobId, known);
    watched.listeners.add(listener);
    watched.poll ??= this.follow(jobId, watched);
    if (watched.update.job) queueMicrotask(() => this.notify(watched, listener));
    return () => this.leave(jobId, watched, listener);
  }

  /** Pass on a job that another call returned. */
  learn(job: Job): void {
    const watched = this.watched.get(job.id);
    if (watched?.poll) watched.poll.learn(job);
    else this.onUpdate(job);
  }

  private entry(jobId: string, known: Job | null): Watched {
    const found = this.watched.get(jobId);
    if (found) {
      const job = known ? newer(found.update.job, known) : found.update.job;
      found.update = { ...found.update, job };
      if (found.update.fault) this.revive(found);
      return found;
    }
    const watched: Watched = { update: { job: known, connection: LIVE, fault: null }, listeners: new Set(), poll: null };
    this.watched.set(jobId, watched);
    return watched;
  }

  /** Poll again after a fault, for all listeners. */
  private revive(watched: Watched): void {
    watched.poll = null;
    this.see(watched, { ...watched.update, fault: null });
  }

  private follow(jobId: string, watched: Watched): Poll | null {
    const { job } = watched.update;
    if (job && isFinal(job)) return null;
    const onChange = (update: JobUpdate) => this.see(watched, update);
    const waitS = () => (this.longPolling(jobId) ? (this.options.longPollS ?? LONG_POLL_S) : 0);
    return pollJob(jobId, this.environment, onChange, job, { ...this.options, waitS });
  }

  /** The newest jobs use long polls: the user has just asked for them. The others are polled at the interval. */
  private longPolling(jobId: string): boolean {
    const running = [...this.watched].filter(([, { update }]) => isRunning(update)).map(([id]) => id);
    return running.slice(-LONG_POLLS_MAX).includes(jobId);
  }

  private see(watched: Watched, update: JobUpdate): void {
    watched.update = update;
    if (update.job) this.onUpdate(update.job);
    for (const listener of [...watched.listeners]) this.notify(watched, listener);
  }

  private notify(watched: Watched, listener: Listener): void {
    if (watched.listeners.has(listener)) listener(watched.update);
  }

  private leave(jobId: string, watched: Watched, listener: Listener): void {
    watched.listeners.delete(listener);
    if (watched.listeners.size > 0) return;
    watched.poll?.stop();
    if (this.watched.get(jobId) === watched) this.watched.delete(jobId);
  }
}

const watches = new WeakMap<ConnectedClient, JobWatch>();

/** The watch over the jobs of this client, the same one each time. */
export function watchOf(client: ConnectedClient): JobWatch {
  const found = watches.get(client);
  if (found) return found;
  const { api, timers, presence, random, polling } = client;
  const watch = new JobWatch({ readJob: api.readJob, timers, presence, random }, polling, (job) => shareJob(client, job));
  watches.set(client, watch);
  return watch;
}

function isRunning({ job, fault }: JobUpdate): boolean {
  return fault === null && (job === null || !isFinal(job));
}
