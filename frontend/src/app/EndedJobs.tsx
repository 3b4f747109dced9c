import { useDraft, useDraftJobs } from "../draft/DraftProvider";
import type { Job } from "../jobs";
import { ADDRESS, worldAddress } from "../kit/route";
import { capitalized } from "../lore/kind";
import { useRegistry } from "../registry/registry";
import "./endedJobs.css";

/** Says which jobs have ended in the background, with a way to what they have made. */
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
  const { draft, dispatch } = useDraft();
  const { kinds, labelOf } = useRegistry();
  const task = useDraftJobs().taskOf(job.id);
  if (job.status !== "completed") {
    return (
      <>
        {`${labelOf(job.type)} has failed.`} <a href={ADDRESS.jobs}>See why</a>
      </>
    );
  }
  if ("world_id" in job.result) {
    return (
      <>
        Your world is ready. <a href={worldAddress(job.result.world_id)}>Read it</a>
      </>
    );
  }
  const kind = kinds.find(({ jobType }) => jobType === job.type);
  const many = kind ? (job.result.length === 1 ? kind.one : kind.many) : "pieces";
  const step = task?.draftId === draft.id && "key" in task ? task.key : null;
  return (
    <>
      {`${job.result.length} ${many} ready.`.replace(/^1 /, "1 new ")}{" "}
      {step === null ? (
        <a href={ADDRESS.jobs}>See {job.result.length === 1 ? "it" : "them"}</a>
      ) : (
        <a href={ADDRESS.wizard} onClick={() => dispatch({ do: "go", step })}>
          {capitalized(job.result.length === 1 ? "see it" : "pick one")}
        </a>
      )}
    </>
  );
}
