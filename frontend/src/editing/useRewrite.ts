import { useState } from "react";
import type { Shelf, Shelves } from "../api/libraryWire";
import type { JobRequest } from "../api/wire";
import { useJobPolling, useJobsClient, type JobPolling } from "../jobs";
import { useRegistry } from "../registry/registry";
import { useDesk } from "./EditingProvider";
import type { EditableDocument } from "./useDocument";

type RewriteDelivery = "piece" | "rewritten_world";

export interface Rewrite<S extends Shelf> {
  polling: JobPolling<RewriteDelivery>;
  /** The request that rewrites these fields; null if there is nothing to rewrite, or the API does not rewrite. */
  requestFor: (fields: string[], instruction: string) => JobRequest<RewriteDelivery> | null;
  /** The text before and after the rewrite that has just ended; null if there was none. */
  result: { before: Shelves[S]; after: Shelves[S] } | null;
  dismiss: () => void;
}

/** Has fields of a document rewritten by a job. The job goes on if the page is closed, and is shown again when it is opened. */
export function useRewrite<S extends Shelf>({ editor }: EditableDocument<S>): Rewrite<S> {
  const { shelf, id } = editor.place;
  const { rewriterOf } = useRegistry();
  const takeOver = useTakeOver(shelf, id);
  const [result, setResult] = useState<Rewrite<S>["result"]>(null);
  const polling = useJobPolling<RewriteDelivery>(
    (answer) => {
      const { version } = "piece" in answer ? answer.piece : answer.world;
      void takeOver(version).then(setResult);
    },
    undefined,
    { slot: `rewrite.${shelf}.${id}` },
  );
  const type = rewriterOf(shelf === "pieces" ? "piece" : "rewritten_world");
  const requestFor = (fields: string[], instruction: string) => {
    if (type === undefined || fields.length === 0) return null;
    const payload = { fields, ...(instruction.trim() ? { instruction: instruction.trim() } : {}) };
    return { type, payload: shelf === "pieces" ? { piece_id: id, ...payload } : { world_id: id, ...payload } };
  };
  return { polling, requestFor, result, dismiss: () => setResult(null) };
}

/** Reads the document and the version before the given one, so that they can be compared, and the change undone. */
function useTakeOver<S extends Shelf>(shelf: S, id: string) {
  const { api } = useJobsClient();
  const desk = useDesk();
  return async (version: number): Promise<Rewrite<S>["result"]> => {
    const [after, versions] = await Promise.all([api.readDocument(shelf, id), api.listVersions(shelf, id)]);
    const before = versions.find((each) => each.version < version);
    desk.editor(shelf, id).replaced(after, before ?? after);
    return before ? { before, after } : null;
  };
}
