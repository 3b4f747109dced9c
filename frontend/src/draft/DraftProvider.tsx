import { useJobsClient, type JobPolling, type JobTypeName } from "@loresmith/jobs";
import { viewOf } from "@loresmith/jobs/core";
import { createContext, use, useEffect, useMemo, useSyncExternalStore, type ReactNode } from "react";
import type { Draft } from "./draft";
import { DraftJobs, type Task } from "./draftJobs";
import type { DraftStore } from "./draftStore";

interface Drafts {
  store: DraftStore;
  jobs: DraftJobs;
}

const DraftContext = createContext<Drafts | null>(null);

/** Provides the draft, and follows its jobs on every page. */
export function DraftProvider({ store, children }: { store: DraftStore; children: ReactNode }) {
  const client = useJobsClient();
  const jobs = useMemo(() => new DraftJobs(client, store), [client, store]);
  useEffect(() => jobs.start(), [jobs]);
  const drafts = useMemo(() => ({ store, jobs }), [store, jobs]);
  return <DraftContext value={drafts}>{children}</DraftContext>;
}

function useDrafts(): Drafts {
  const drafts = use(DraftContext);
  if (drafts === null) throw new Error("useDraft needs a <DraftProvider> above it.");
  return drafts;
}

export function useDraft(): Pick<DraftStore, "dispatch"> & { draft: Draft; latest: () => Draft } {
  const { store } = useDrafts();
  const draft = useSyncExternalStore(store.subscribe, store.get);
  return { draft, latest: store.get, dispatch: store.dispatch };
}

/** Starting over, and the way back from it. */
export function useStartOver(): Pick<DraftStore, "startOver" | "bringBack"> & { canBringBack: boolean } {
  const { store } = useDrafts();
  const previous = useSyncExternalStore(store.subscribe, store.previous);
  return { startOver: store.startOver, bringBack: store.bringBack, canBringBack: previous !== null };
}

export function useDraftJobs(): DraftJobs {
  return useDrafts().jobs;
}

/** The job of a task, as `useJobPolling` returns it. */
export function useTask<T extends JobTypeName>(task: Task): JobPolling<T> {
  const jobs = useDraftJobs();
  const session = jobs.session(task);
  const state = useSyncExternalStore(session.view.subscribe, () => session.view.current);
  return {
    ...viewOf<T>(state),
    submit: (request) => jobs.submit(task, request) as ReturnType<JobPolling<T>["submit"]>,
    cancel: () => session.cancel(),
    retry: () => session.retry() as ReturnType<JobPolling<T>["retry"]>,
    reset: () => session.reset(),
  };
}
