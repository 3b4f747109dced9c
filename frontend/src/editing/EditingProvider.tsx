import type { JobsClient } from "@loresmith/jobs";
import { createLibraryApi } from "@loresmith/jobs/library";
import { createContext, use, useEffect, type ReactNode } from "react";
import { Desk } from "./desk";
import { editStorage } from "./heldEdit";

const DeskContext = createContext<Desk | null>(null);

/** Everything that the page edits. `storage` keeps what is not saved yet. */
export function createDesk(client: JobsClient, storage: Storage, page: Window): Desk {
  const { api, timers, presence, random } = client;
  return new Desk({ api: createLibraryApi(api), timers, presence, random, storage: editStorage(storage, page) });
}

/** Provides the desk to the page, and saves what an earlier page could not save. */
export function EditingProvider({ desk, children }: { desk: Desk; children: ReactNode }) {
  useEffect(() => desk.start(window), [desk]);
  return <DeskContext value={desk}>{children}</DeskContext>;
}

export function useDesk(): Desk {
  const desk = use(DeskContext);
  if (desk === null) throw new Error("useDesk needs an <EditingProvider> above it.");
  return desk;
}
