import { useState } from "react";
import { asApiError } from "../api/error";
import type { Shelf, Shelves } from "../api/libraryWire";
import type { JobRequest } from "../api/wire";
import { useJobPolling, useJobsClient, type JobPolling } from "../jobs";
import { useRegistry } from "../registry/registry";
import { useDesk } from "./EditingProvider";
import type { EditableDocument } from "./useDocument";

type RewriteDelivery = "piece" | "rewritten_world";

export interface Rewrite<S extends Shelf> {
  polling: JobPolling<RewriteDelivery>;
  /** The request that rewrites these fields; null if there is nothing to rewrite, or the API cannot rewrite. */
  requestFor: (fields: string[], instruction: string) => JobRequest<RewriteDelivery> | null;
  /** The text before and after the rewrite that has just ended; null if there was none. */
  result: { before: Shelves[S]; after: Shelves[S]; undo: () => void } | null;
  dismiss: () => void;
}

/** The job has ended, so nothing else will show its text. */
const UNTIL_READ = { retry: (_: number, thrown: unknown) => asApiError(thrown).isTransient, retryDelay: 3_000 };

/** Runs a job that rewrites fields of a document. It continues if the page is closed, and is shown when the page opens again. */
export function useRewrite<S extends Shelf>({ editor }: EditableDocument<S>): Rewrite<S> {
  const { shelf, id } = editor.place;
  const { rewriterOf } = useRegistry();
  const takeOver = useTakeOver(shelf, id);
  const [result, setResult] = useState<Rewrite<S>["result"]>(null);
  const polling = useJobPolling<RewriteDelivery>(
    (answer) => {
      const { version } = "piece" in answer ? answer.piece : answer.world;
      void takeOver(version).then(setResult, () => undefined);
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
  const { api, queryClient } = useJobsClient();
  const desk = useDesk();
  return async (version: number): Promise<Rewrite<S>["result"]> => {
    const read = () => Promise.all([api.readDocument(shelf, id), api.listVersions(shelf, id)]);
    const [after, versions] = await queryClient.query({ queryKey: ["rewrite", shelf, id, version], queryFn: read, ...UNTIL_READ });
    const before = versions.find((each) => each.version < version);
    const editor = desk.editor(shelf, id);
    const change = editor.replaced(after, before ?? after);
    return before ? { before, after, undo: () => change && editor.undo(change) } : null;
  };
}
