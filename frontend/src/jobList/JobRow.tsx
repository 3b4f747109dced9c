import { useMutation } from "@tanstack/react-query";
import { newIdempotencyKey } from "../jobs/idempotencyKey";
import { canRetry, isFinal, JOBS_KEY, useJobsClient, usageText, warningText, type Job } from "../jobs";
import { worldAddress } from "../kit/route";
import { useRegistry } from "../registry/registry";
import { dateText } from "../style/dateText";

const STATUSES: Record<Job["status"], string> = {
  pending: "Waiting",
  processing: "Running",
  completed: "Done",
  failed: "Failed",
  cancelled: "Cancelled",
};

export function JobRow({ job }: { job: Job }) {
  const label = useRegistry().labelOf(job.type);
  return (
    <li className="job" data-status={job.status}>
      <div className="job__what">
        <h2>{label}</h2>
        <time dateTime={job.created_at}>{dateText(job.created_at)}</time>
        <p className="job__usage">{usageText(job.usage)}</p>
      </div>
      <p className="job__status">
        <span className="job__badge">{STATUSES[job.status]}</span> <span className="job__message">{summaryOf(job)}</span>
        {job.status === "completed" && <span className="job__warning">{warningText(job)}</span>}
      </p>
      {job.status !== "completed" && (
        <progress className="job__bar" max={100} value={job.progress} aria-label={`Progress of ${label}`} />
      )}
      <Actions job={job} />
    </li>
  );
}

function Actions({ job }: { job: Job }) {
  const { act, isPending, error } = useAction(job);
  return (
    <div className="job__actions">
      {worldIdOf(job) !== null && (
        <a className="button" href={worldAddress(worldIdOf(job) ?? "")}>
          Read the world
        </a>
      )}
      {!isFinal(job) && (
        <button type="button" className="button" disabled={isPending} onClick={() => act("cancel")}>
          Cancel
        </button>
      )}
      {canRetry(job) && (
        <button type="button" className="button" disabled={isPending} onClick={() => act("retry")}>
          {job.status === "completed" ? "Write what is missing" : "Retry"}
        </button>
      )}
      {error && <p role="alert">{error.message}</p>}
    </div>
  );
}

function useAction(job: Job) {
  const { api, watch, queryClient } = useJobsClient();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (verb: "cancel" | "retry") =>
      verb === "cancel" ? api.cancelJob(job.id) : api.retryJob(job.id, newIdempotencyKey()),
    onSuccess: (answer) => {
      watch.learn(answer);
      return queryClient.invalidateQueries({ queryKey: JOBS_KEY });
    },
  });
  return { act: mutate, isPending, error };
}

/** The names of the result, the error, or the progress message. */
function summaryOf(job: Job): string {
  if (job.status === "cancelled") return "";
  if (job.status !== "completed") return job.error ?? job.message;
  if (Array.isArray(job.result)) return job.result.map(({ name }) => name).join(", ");
  return "title" in job.result ? job.result.title : "";
}

function worldIdOf(job: Job): string | null {
  return job.status === "completed" && "world_id" in job.result ? job.result.world_id : null;
}
