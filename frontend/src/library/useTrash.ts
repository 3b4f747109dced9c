import { useState } from "react";
import { asApiError } from "../api/error";
import type { Shelf, Shelves } from "../api/libraryWire";
import { useDesk } from "../editing";
import { useJobsClient } from "../jobs";

/** Puts a document into the trash, and takes it out. `failure` is a sentence; empty if all went well. */
export function useTrash(shelf: Shelf, id: string) {
  const { api } = useJobsClient();
  const desk = useDesk();
  const [state, setState] = useState({ isPending: false, failure: "" });
  const run = async (call: () => Promise<Shelves[Shelf]>) => {
    setState({ isPending: true, failure: "" });
    try {
      desk.learn<Shelf>(shelf, [await call()]);
      setState({ isPending: false, failure: "" });
    } catch (thrown) {
      setState({ isPending: false, failure: asApiError(thrown).message });
    }
  };
  return {
    ...state,
    discard: () => void run(() => api.discardDocument(shelf, id)),
    putBack: () => void run(() => api.restoreDocument(shelf, id)),
  };
}
