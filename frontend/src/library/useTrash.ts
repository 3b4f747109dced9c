import { asApiError } from "@loresmith/jobs";
import { useLibraryApi, type Shelf, type Shelves } from "@loresmith/jobs/library";
import { useState } from "react";
import { useDesk } from "../editing";

/** Moves a document to the trash, and back. `failure` is a sentence; empty if all went well. */
export function useTrash(shelf: Shelf, id: string) {
  const api = useLibraryApi();
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
