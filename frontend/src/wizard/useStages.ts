import { useJobPolling, type JobPolling } from "../jobs";
import { useDraft } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import type { KindKey } from "../lore/kind";

export interface StageJob {
  polling: JobPolling;
  /** Have cards written: the first ones, or others in their place. */
  write: () => void;
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
  return { polling, write };
}
