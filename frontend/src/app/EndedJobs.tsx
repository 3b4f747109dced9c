import type { Job } from "@loresmith/jobs";
import { useDraft, useDraftJobs } from "../draft/DraftProvider";
import { ADDRESS } from "../kit/route";
import { addressOfText } from "./endedJob";
import { capitalized } from "../lore/kind";
import { useRegistry } from "../registry/registry";
import "./endedJobs.css";

/** Says which jobs have ended in the background, with links to what they made. */
export function EndedJobs({ ended, onDismiss }: { ended: readonly Job[]; onDismiss: () => void }) {
  return (
    <div className="ended" role="status">
      {ended.length > 0 && (
        <div className="ended__box">
          <ul>
            {ended.map((job) => (
              <li key={job.id}>
                <EndedJob job={job} />
              </li>
            ))}
          </ul>
          <button type="button" className="button button--quiet" onClick={onDismiss}>
            Dismiss
          </button>
        </div>
      )}
    </div>
  );
}

function EndedJob({ job }: { job: Job }) {
  const { labelOf } = useRegistry();
  if (job.status !== "completed") {
    return (
      <>
        {`Failed: ${labelOf(job.type)}.`} <a href={ADDRESS.jobs}>See why</a>
      </>
    );
  }
  if (Array.isArray(job.result)) return <EndedPieces job={job} count={job.result.length} />;
  return (
    <>
      {"world_id" in job.result ? "Your world is ready." : "The new text is ready."} <a href={addressOfText(job) ?? ADDRESS.jobs}>Read it</a>
    </>
  );
}

function EndedPieces({ job, count }: { job: Job; count: number }) {
  const { draft, dispatch } = useDraft();
  const { kinds } = useRegistry();
  const task = useDraftJobs().taskOf(job.id);
  const kind = kinds.find(({ jobType }) => jobType === job.type);
  const many = kind ? (count === 1 ? kind.one : kind.many) : "pieces";
  const step = task?.draftId === draft.id && "key" in task ? task.key : null;
  return (
    <>
      {`${count} ${many} ready.`.replace(/^1 /, "1 new ")}{" "}
      {step === null ? (
        <a href={ADDRESS.jobs}>See {count === 1 ? "it" : "them"}</a>
      ) : (
        <a href={ADDRESS.wizard} onClick={() => dispatch({ do: "go", step })}>
          {capitalized(count === 1 ? "see it" : "pick one")}
        </a>
      )}
    </>
  );
}
