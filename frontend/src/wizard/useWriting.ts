import type { JobPolling, PiecesType } from "@loresmith/jobs";
import type { Task } from "../draft/draftJobs";
import { isIdle } from "../draft/draftJobs";
import { choiceOf } from "../draft/draft";
import { useDraft, useDraftJobs, useTask } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import type { Kind } from "../lore/kind";

/** The job that writes the cards of this kind. */
export function useCardsJob(kind: Kind): JobPolling<PiecesType> {
  const { draft } = useDraft();
  return useTask<PiecesType>(cardsTask(draft.id, kind));
}

export interface Writing {
  /** Write cards of this kind, in place of all but the picked one. */
  write: (kind: Kind) => void;
  /** Write cards of each kind that has none, and whose job has not been started. */
  writeFirst: (kinds: readonly Kind[]) => void;
}

export function useWriting(): Writing {
  const { latest, dispatch } = useDraft();
  const jobs = useDraftJobs();
  const write = (kind: Kind) => {
    dispatch({ do: "ask", kind });
    void jobs.submit(cardsTask(latest().id, kind), piecesRequest(latest(), kind));
  };
  const isUnwritten = (kind: Kind) =>
    choiceOf(latest(), kind).cards.length === 0 && isIdle(jobs.session(cardsTask(latest().id, kind)));
  return { write, writeFirst: (kinds) => kinds.filter(isUnwritten).forEach(write) };
}

function cardsTask(draftId: string, { key }: Kind): Task {
  return { writes: "cards", draftId, key };
}

/** The kinds that need no earlier choice. They are all written as soon as the theme is chosen. */
export function firstKinds(kinds: readonly Kind[]): Kind[] {
  return kinds.filter(({ context }) => Object.keys(context).length === 0);
}
