/**
 * The jobs of the drafts: those that write the cards of a choice, one card, or the world.
 *
 * They are followed on every page, so that cards arrive while the user is elsewhere. Does not depend on React.
 */

import type { ConnectedClient, Job, JobRequest } from "@loresmith/jobs";
import { isBusy, openSession, slotOf, type JobSession } from "@loresmith/jobs/core";
import { picksOf, type Draft, type DraftAction } from "./draft";
import type { DraftStore } from "./draftStore";

/** What a job writes. */
export type Task =
  | { writes: "cards"; draftId: string; key: string }
  | { writes: "card"; draftId: string; key: string; cardId: string }
  | { writes: "world"; draftId: string; picks: string };

interface Followed {
  task: Task;
  session: JobSession;
  leave: () => void;
}

export class DraftJobs {
  /** Name of the slot → the session of its job. */
  private readonly followed = new Map<string, Followed>();
  private isStarted = false;

  constructor(
    private readonly client: ConnectedClient,
    private readonly drafts: DraftStore,
  ) {}

  /** Follow the jobs of the stored drafts and all later ones, until the returned function is called. */
  start(): () => void {
    this.isStarted = true;
    const drafts = [this.drafts.get(), this.drafts.previous()];
    for (const task of drafts.flatMap((draft) => (draft ? tasksOf(draft) : []))) {
      if (slotOf(this.client, slotName(task)).read()) this.session(task);
    }
    for (const each of this.followed.values()) this.follow(each);
    const unsubscribe = this.drafts.subscribe(() => this.onDrafts());
    this.onDrafts();
    return () => {
      this.isStarted = false;
      unsubscribe();
      for (const { leave } of this.followed.values()) leave();
    };
  }

  /** The session for this task, the same one each time. */
  session(task: Task): JobSession {
    const slot = slotName(task);
    const found = this.followed.get(slot);
    if (found) return found.session;
    const session = openSession(this.client, slot);
    const followed: Followed = { task, session, leave: () => undefined };
    this.followed.set(slot, followed);
    if (this.isStarted) this.follow(followed);
    return session;
  }

  /** Submit a job. From now on, the previous draft cannot be brought back, so nobody will read what its jobs write. */
  submit(task: Task, request: JobRequest): Promise<Job | null> {
    this.forgetPrevious();
    return this.session(task).submit(request);
  }

  /** The task of a job; null if the job belongs to no draft. */
  taskOf(jobId: string): Task | null {
    return [...this.followed.values()].find(({ session }) => idOf(session) === jobId)?.task ?? null;
  }

  /** Take over a job that another page has made as the retry of `oldId`. */
  takeOver(oldId: string, retry: Job): void {
    for (const { session } of this.followed.values()) {
      if (idOf(session) === oldId && oldId !== retry.id) session.takeOver(retry);
    }
  }

  private forgetPrevious(): void {
    const previous = this.drafts.previous();
    for (const { task, session } of this.followed.values()) {
      if (task.draftId === previous?.id) void session.cancel().then(() => session.reset());
    }
    this.drafts.forgetPrevious();
  }

  /** Another tab may have started a choice, or may have left a draft behind. */
  private onDrafts(): void {
    const drafts = [this.drafts.get(), this.drafts.previous()].filter((draft) => draft !== null);
    for (const { id, choices } of drafts) {
      for (const key of Object.keys(choices)) this.session({ writes: "cards", draftId: id, key });
    }
    for (const [slot, { task, leave }] of this.followed) {
      if (drafts.some(({ id }) => id === task.draftId)) continue;
      leave();
      this.followed.delete(slot);
    }
  }

  private follow(followed: Followed): void {
    const { task, session } = followed;
    const see = () => this.see(task, session);
    const unsubscribe = session.view.subscribe(see);
    const stop = session.start(() => undefined);
    followed.leave = () => {
      unsubscribe();
      stop();
      followed.leave = () => undefined;
    };
  }

  private see(task: Task, session: JobSession): void {
    const { job } = session.view.current;
    const action = job && actionFor(task, job);
    if (action) this.drafts.dispatchTo(task.draftId, action);
  }
}

/** What the job changes in its draft. */
function actionFor(task: Task, job: Job): DraftAction | null {
  switch (task.writes) {
    case "cards":
      return { do: "deal", kind: task, job };
    case "card":
      return job.status === "completed" ? { do: "rewrite", kind: task, cardId: task.cardId, job } : null;
    case "world":
      if (job.status !== "completed" || !("world_id" in job.result)) return null;
      return { do: "finish", worldId: job.result.world_id, picks: task.picks };
  }
}

/** The tasks that may have a job. */
function tasksOf(draft: Draft): Task[] {
  const draftId = draft.id;
  const writing = Object.entries(draft.choices).flatMap(([key, choice]): Task[] => [
    { writes: "cards", draftId, key },
    ...(choice?.cards ?? []).map(({ id }) => ({ writes: "card", draftId, key, cardId: id }) as const),
  ]);
  return [...writing, { writes: "world", draftId, picks: picksOf(draft) }];
}

/** The name under which the job is stored. It has the card's id, so a late answer cannot replace a newer card in the same place. */
function slotName(task: Task): string {
  switch (task.writes) {
    case "cards":
      return `${task.draftId}.${task.key}`;
    case "card":
      return `${task.draftId}.${task.key}.${task.cardId}`;
    case "world":
      return `${task.draftId}.world.${task.picks}`;
  }
}

function idOf({ view }: JobSession): string | undefined {
  return view.current.job?.id;
}

/** Whether a session has nothing to show: no job, and no error. */
export function isIdle(session: JobSession): boolean {
  const { current } = session.view;
  return !isBusy(current) && current.job === null && current.error === null;
}
