import { canRetry, isFinal, useJobsClient, type Job } from "@loresmith/jobs";
import { newIdempotencyKey, readAgain, watchOf } from "@loresmith/jobs/core";
import { useMutation } from "@tanstack/react-query";
import { useDraftJobs } from "../draft/DraftProvider";
import { worldAddress } from "../kit/route";

/** What can be done with a job. `onRetried` is called with the new job. */
export function JobActions({ job, onRetried }: { job: Job; onRetried?: (job: Job) => void }) {
  const { act, isPending, error } = useAction(job, onRetried);
  const worldId = worldIdOf(job);
  return (
    <div className="job__actions">
      {worldId !== null && (
        <a className="button" href={worldAddress(worldId)}>
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

function useAction(job: Job, onRetried: ((job: Job) => void) | undefined) {
  const client = useJobsClient();
  const { api, queryClient, queryKeys } = client;
  const draftJobs = useDraftJobs();
  const { mutate, isPending, error } = useMutation({
    mutationFn: (verb: "cancel" | "retry") =>
      verb === "cancel" ? api.cancelJob(job.id) : api.retryJob(job.id, newIdempotencyKey()),
    onSuccess: (answer, verb) => {
      watchOf(client).learn(answer);
      if (verb === "retry") {
        draftJobs.takeOver(job.id, answer);
        onRetried?.(answer);
      }
      return readAgain(queryClient, queryKeys.jobs);
    },
  });
  return { act: mutate, isPending, error };
}

function worldIdOf(job: Job): string | null {
  return job.status === "completed" && "world_id" in job.result ? job.result.world_id : null;
}
