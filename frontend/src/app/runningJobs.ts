/**
 * Follows each job that the page has seen unfinished, until it ends. So the user is told on every page how it goes, even if
 * the component that started it is not shown any more. Does not depend on React.
 */

import type { QueryCacheNotifyEvent } from "@tanstack/react-query";
import { isFinal, type Job, type JobsClient } from "../jobs";
import { Observable } from "../jobs/observable";

export class RunningJobs {
  /** The oldest first. */
  readonly jobs = new Observable<readonly Job[]>([]);
  private readonly leave = new Map<string, () => void>();

  constructor(private readonly client: Pick<JobsClient, "queryClient" | "watch">) {}

  /** Calls `onEnd` with each job that ends, until the returned function is called. */
  start(onEnd: (job: Job) => void): () => void {
    const cache = this.client.queryClient.getQueryCache();
    const unsubscribe = cache.subscribe((event) => this.onCache(event, onEnd));
    return () => {
      unsubscribe();
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
