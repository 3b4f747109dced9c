import type { ReactNode } from "react";
import { useDraft } from "../draft/DraftProvider";
import { piecesRequest } from "../draft/request";
import { useJobPolling, type JobPolling } from "../jobs";
import type { Kind } from "../lore/kind";
import { useKinds } from "../registry/registry";

export interface ChoiceJob {
  polling: JobPolling<"pieces">;
  /** Write the cards, or replace them by others. */
  write: () => void;
  /** Cancel and forget the job, whose result nobody will read. */
  drop: () => void;
}

/** Key of a kind → its job. */
export type ChoiceJobs = ReadonlyMap<string, ChoiceJob>;

/** Follows the jobs of all choices, including those of steps that are not shown. */
export function Choices({ children }: { children: (jobs: ChoiceJobs) => ReactNode }) {
  return (
    <ChoicesFrom kinds={useKinds()} jobs={new Map()}>
      {children}
    </ChoicesFrom>
  );
}

interface ChoicesFromProps {
  /** The kinds whose jobs are not in `jobs` yet. */
  kinds: readonly Kind[];
  jobs: ChoiceJobs;
  children: (jobs: ChoiceJobs) => ReactNode;
}

/** One component for each kind, since a component must always call the same number of hooks. */
function ChoicesFrom({ kinds: [kind, ...rest], jobs, children }: ChoicesFromProps) {
  if (kind === undefined) return children(jobs);
  return (
    <Choice key={kind.key} kind={kind}>
      {(job) => (
        <ChoicesFrom kinds={rest} jobs={new Map([...jobs, [kind.key, job]])}>
          {children}
        </ChoicesFrom>
      )}
    </Choice>
  );
}

function Choice({ kind, children }: { kind: Kind; children: (job: ChoiceJob) => ReactNode }) {
  return children(useChoice(kind));
}

function useChoice(kind: Kind): ChoiceJob {
  const { draft, latest, dispatch } = useDraft();
  const polling = useJobPolling<"pieces">(
    (pieces, job) => dispatch({ do: "fill", kind, job, pieces }),
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
export function useStartOver(choices: ChoiceJobs): () => void {
  const { startOver } = useDraft();
  return () => {
    for (const { drop } of choices.values()) drop();
    startOver();
  };
}
