import type { ReactNode } from "react";
import { useDraft } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import { useJobPolling, type JobPolling } from "../jobs";
import type { Kind } from "../lore/kind";
import { useKinds } from "../registry/registry";

export interface StageJob {
  polling: JobPolling;
  /** Write the cards, or replace them by others. */
  write: () => void;
  /** Cancel and forget the job, whose result nobody will read. */
  drop: () => void;
}

/** Key of a kind → its job. */
export type StageJobs = ReadonlyMap<string, StageJob>;

/** Follows the jobs of all stages, including those of steps that are not shown. */
export function Stages({ children }: { children: (jobs: StageJobs) => ReactNode }) {
  return (
    <StagesFrom kinds={useKinds()} jobs={new Map()}>
      {children}
    </StagesFrom>
  );
}

interface StagesFromProps {
  /** The kinds whose jobs are not in `jobs` yet. */
  kinds: readonly Kind[];
  jobs: StageJobs;
  children: (jobs: StageJobs) => ReactNode;
}

/** One component for each kind, since a component must always call the same number of hooks. */
function StagesFrom({ kinds: [kind, ...rest], jobs, children }: StagesFromProps) {
  if (kind === undefined) return children(jobs);
  return (
    <Stage key={kind.key} kind={kind}>
      {(job) => (
        <StagesFrom kinds={rest} jobs={new Map([...jobs, [kind.key, job]])}>
          {children}
        </StagesFrom>
      )}
    </Stage>
  );
}

function Stage({ kind, children }: { kind: Kind; children: (job: StageJob) => ReactNode }) {
  return children(useStage(kind));
}

function useStage(kind: Kind): StageJob {
  const { draft, latest, dispatch } = useDraft();
  const polling = useJobPolling(
    (result, job) => {
      if (Array.isArray(result)) dispatch({ do: "fill", kind, job, pieces: result });
    },
    undefined,
    { slot: `${draft.id}.${kind.key}` },
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

/** Returns a function that starts a new draft and cancels the jobs of the old one. */
export function useStartOver(stages: StageJobs): () => void {
  const { startOver } = useDraft();
  return () => {
    for (const { drop } of stages.values()) drop();
    startOver();
  };
}
