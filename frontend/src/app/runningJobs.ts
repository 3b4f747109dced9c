/**
 * Follows each job that the page has seen unfinished, until it ends. So the user is told on every page how it goes, even if
 * the component that started it is not shown any more. Does not depend on React.
 *
 * While the window is hidden, polls pause (`jobs/pollJob.ts`). The jobs are then read now and then, for the window's title.
 */

import type { QueryCacheNotifyEvent } from "@tanstack/react-query";
import { isFinal, type Job, type JobsClient } from "../jobs";
import { Observable } from "../jobs/observable";

/** The time between two looks at the jobs while the window is hidden. */
export const HIDDEN_LOOK_MS = 10_000;

type Client = Pick<JobsClient, "api" | "queryClient" | "watch" | "presence" | "timers">;

export class RunningJobs {
  /** The oldest first. */
  readonly jobs = new Observable<readonly Job[]>([]);
  private readonly leave = new Map<string, () => void>();

  private stopLooking: () => void = () => undefined;

  constructor(private readonly client: Client) {}

  /** Calls `onEnd` with each job that ends, until the returned function is called. */
  start(onEnd: (job: Job) => void): () => void {
    const cache = this.client.queryClient.getQueryCache();
    const unsubscribe = cache.subscribe((event) => this.onCache(event, onEnd));
    const stopListening = this.client.presence.subscribe(() => this.onPresence());
    return () => {
      unsubscribe();
      stopListening();
      this.stopLooking();
      for (const id of [...this.leave.keys()]) this.drop(id);
    };
  }

  /** Every job that the page reads is in the cache (`jobs/client.ts`). */
  private onCache({ type, query }: QueryCacheNotifyEvent, onEnd: (job: Job) => void): void {
    const [name, id] = query.queryKey as unknown[];
    if (type === "updated" && name === "job" && typeof id === "string") this.see(query.state.data as Job | undefined, onEnd);
  }

  private see(job: Job | undefined, onEnd: (job: Job) => void): void {
    if (job === undefined) return;
    const isFollowed = this.leave.has(job.id);
    if (!isFinal(job)) {
      if (!isFollowed) this.follow(job);
      this.show(job);
    } else if (isFollowed) {
      this.drop(job.id);
      onEnd(job);
    }
  }

  private follow(job: Job): void {
    this.leave.set(job.id, () => undefined);
    const leave = this.client.watch.watch(job.id, ({ fault }) => fault && this.drop(job.id), job);
    this.leave.set(job.id, leave);
  }

  private onPresence(): void {
    this.stopLooking();
    const { presence, timers } = this.client;
    if (presence.state !== "hidden") return;
    this.stopLooking = timers.after(HIDDEN_LOOK_MS, () => {
      this.onPresence();
      for (const job of this.jobs.current) void this.look(job);
    });
  }

  private async look({ id, revision }: Job): Promise<void> {
    const { api, watch } = this.client;
    const reading = await api.readJob(id, { knownRevision: revision, waitS: 0, gatherS: 0 }).catch(() => null);
    if (reading?.job) watch.learn(reading.job);
  }

  private show(job: Job): void {
    const { current } = this.jobs;
    const isShown = current.some(({ id }) => id === job.id);
    this.jobs.set(isShown ? current.map((each) => (each.id === job.id ? job : each)) : [...current, job]);
  }

  private drop(id: string): void {
    this.leave.get(id)?.();
    this.leave.delete(id);
    this.jobs.set(this.jobs.current.filter((job) => job.id !== id));
  }
}

/** The progress of several jobs together, in percent. */
export function progressOf(jobs: readonly Job[]): number {
  return Math.floor(jobs.reduce((sum, { progress }) => sum + progress, 0) / Math.max(1, jobs.length));
}
