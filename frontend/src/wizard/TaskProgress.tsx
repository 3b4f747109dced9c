import type { Delivery } from "../api/wire";
import { JobProgressSpinner, type Job, type JobPolling } from "../jobs";
import { useQuiet } from "../jobs/useQuiet";
import { capitalized } from "../lore/kind";

/** Without news for this long, milliseconds, the page says so. A healthy service has more to say. */
const NO_NEWS_MS = 10_000;

interface TaskProgressProps<D extends Delivery> {
  polling: JobPolling<D>;
  label: string;
  className?: string;
  showMessage?: boolean;
  showProgress?: boolean;
}

/** The progress of a job of the wizard, with buttons to cancel it and to retry it. */
export function TaskProgress<D extends Delivery>({ polling, className, ...shown }: TaskProgressProps<D>) {
  const { job, error, connection, isPolling, retry, cancel } = polling;
  const isQuiet = useQuiet(job ? `${job.id} ${job.revision}` : "none", NO_NEWS_MS, isPolling && connection.state === "live");
  return (
    <div className={`task-progress ${className ?? ""}`.trim()}>
      <JobProgressSpinner
        {...shown}
        job={job && { ...job, message: spoken(job) }}
        error={error}
        connection={connection}
        onRetry={retry}
        onCancel={cancel}
      />
      <p className="task-progress__quiet" role="status">
        {isQuiet && (job ? "No news for a while. The job keeps running." : "The service has not answered yet. Still waiting.")}
      </p>
    </div>
  );
}

/** The API reports stages, such as "Generated names...". A reader wants to know what there is to read. */
function spoken({ message }: Job): string {
  const written = /^Generated (.+)\.\.\.$/.exec(message)?.[1];
  if (written !== undefined) return `${capitalized(written)} written...`;
  if (message.startsWith("Preparing ")) return "Waiting to start...";
  return message.replace(/^Generating /, "Writing ").replace(/^Finalizing /, "Finishing ");
}
