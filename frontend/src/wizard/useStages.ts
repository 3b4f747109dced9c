import { useJobPolling, type JobPolling } from "../jobs";
import { useDraft } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import type { KindKey } from "../lore/kind";

export interface StageJob {
  polling: JobPolling;
  /** Have cards written: the first ones, or others in their place. */
  write: () => void;
  /** Cancel and forget the job: nobody will read what it writes. */
  drop: () => void;
}

export type StageJobs = Record<KindKey, StageJob>;

/** The jobs of all five stages, whichever of them is shown: going back and forth stops none. */
export function useStages(): StageJobs {
  return {
    character: useStage("character"),
    faction: useStage("faction"),
    setting: useStage("setting"),
    event: useStage("event"),
    relic: useStage("relic"),
  };
}

/** A new draft in place of this one, whose stages write no further. */
export function useStartOver(stages: StageJobs): () => void {
  const { startOver } = useDraft();
  return () => {
    for (const { drop } of Object.values(stages)) drop();
    startOver();
  };
}

function useStage(kind: KindKey): StageJob {
  const { draft, latest, dispatch } = useDraft();
  const polling = useJobPolling(
    (result, job) => {
      if (Array.isArray(result)) dispatch({ do: "fill", kind, job, pieces: result });
    },
    undefined,
    { slot: `${draft.id}.${kind}` },
  );
  const write = () => {
    dispatch({ do: "ask", kind });
    void polling.submit(piecesRequest(latest(), kind));
  };
  const drop = () => {
    void polling.cancel();
    polling.reset();
  };
  return { polling, write, drop };
}
