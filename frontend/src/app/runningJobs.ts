/**
 * Follows each job that the page has seen unfinished, until it ends. So every page can show its progress, even if the
 * component that started it is no longer shown. Does not depend on React.
 *
 * While the window is hidden, polls pause (`packages/jobs/src/core/pollJob.ts`). The jobs are then read now and then, for the window's title.
 */

import { isFinal, type ConnectedClient, type Job } from "@loresmith/jobs";
import { Observable, watchOf } from "@loresmith/jobs/core";
import { hashKey, type QueryCacheNotifyEvent } from "@tanstack/react-query";

/** The time between two reads of the jobs while the window is hidden. */
export const HIDDEN_LOOK_MS = 10_000;

export class RunningJobs {
  /** The oldest first. */
  readonly jobs = new Observable<readonly Job[]>([]);
  private readonly leave = new Map<string, () => void>();

  private stopLooking: () => void = () => undefined;

  constructor(private readonly client: ConnectedClient) {}

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

  /** Every job that the page reads is in the cache (`shareJob`). */
  private onCache({ type, query }: QueryCacheNotifyEvent, onEnd: (job: Job) => void): void {
    const last = (query.queryKey as unknown[]).at(-1);
    const isJob = query.queryHash === hashKey(this.client.queryKeys.job(String(last)));
    if (type === "updated" && isJob) this.see(query.state.data as Job | undefined, onEnd);
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
    const leave = watchOf(this.client).watch(job.id, ({ fault }) => fault && this.drop(job.id), job);
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
    const { api } = this.client;
    const reading = await api.readJob(id, { knownRevision: revision, waitS: 0, gatherS: 0 }).catch(() => null);
    if (reading?.job) watchOf(this.client).learn(reading.job);
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
