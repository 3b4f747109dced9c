import { createContext, use, useSyncExternalStore, type ReactNode } from "react";
import type { Draft } from "./draft";
import type { DraftStore } from "./draftStore";

const DraftContext = createContext<DraftStore | null>(null);

export function DraftProvider({ store, children }: { store: DraftStore; children: ReactNode }) {
  return <DraftContext value={store}>{children}</DraftContext>;
}

export function useDraft(): Pick<DraftStore, "dispatch" | "startOver"> & { draft: Draft; latest: () => Draft } {
  const store = use(DraftContext);
  if (store === null) throw new Error("useDraft needs a <DraftProvider> above it.");
  const draft = useSyncExternalStore(store.subscribe, store.get);
  return { draft, latest: store.get, dispatch: store.dispatch, startOver: store.startOver };
}
