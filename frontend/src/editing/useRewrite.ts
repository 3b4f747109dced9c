import { asApiError, useJobPolling, useJobsClient, type JobPolling, type JobRequest } from "@loresmith/jobs";
import { useLibraryApi, type Shelf, type Shelves } from "@loresmith/jobs/library";
import { useState } from "react";
import { useRegistry } from "../registry/registry";
import { useDesk } from "./EditingProvider";
import type { EditableDocument } from "./useDocument";

type RewritingType = "rewrite_piece" | "rewrite_world";

export interface Rewrite<S extends Shelf> {
  polling: JobPolling<RewritingType>;
  /** The request that rewrites these fields; null if there is nothing to rewrite, or the API cannot rewrite. */
  requestFor: (fields: string[], instruction: string) => JobRequest<RewritingType> | null;
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
  const polling = useJobPolling<RewritingType>(
    (answer) => {
      const { version } = "piece" in answer ? answer.piece : answer.world;
      void takeOver(version).then(setResult, () => undefined);
    },
    undefined,
    { slot: `rewrite.${shelf}.${id}` },
  );
  const requestFor = (fields: string[], instruction: string) => {
    const payload = { fields, ...(instruction.trim() ? { instruction: instruction.trim() } : {}) };
    if (fields.length === 0) return null;
    return shelf === "pieces"
      ? requestTo(rewriterOf("piece"), { piece_id: id, ...payload })
      : requestTo(rewriterOf("rewritten_world"), { world_id: id, ...payload });
  };
  return { polling, requestFor, result, dismiss: () => setResult(null) };
}

/** null if the API has no such type. */
function requestTo<T extends RewritingType>(type: T | undefined, payload: JobRequest<T>["payload"]): JobRequest<T> | null {
  return type === undefined ? null : ({ type, payload } as JobRequest<T>);
}

/** Reads the document and the version before the given one, so that they can be compared, and the change undone. */
function useTakeOver<S extends Shelf>(shelf: S, id: string) {
  const { queryClient } = useJobsClient();
  const api = useLibraryApi();
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
