import { JobProgressSpinner, useQuiet, type Job, type JobPolling, type JobTypeName } from "@loresmith/jobs";
import { capitalized } from "../lore/kind";

/** The page says so if there is no news for this long, milliseconds. A healthy service reports more often. */
const NO_NEWS_MS = 10_000;

interface TaskProgressProps<T extends JobTypeName> {
  polling: JobPolling<T>;
  label: string;
  className?: string;
  showMessage?: boolean;
  showProgress?: boolean;
}

/** The progress of a job of the wizard, with buttons to cancel it and to retry it. */
export function TaskProgress<T extends JobTypeName>({ polling, className, ...shown }: TaskProgressProps<T>) {
  const { job, error, connection, isPolling, retry, cancel } = polling;
  const isQuiet = useQuiet(job ? `${job.id} ${job.revision}` : "none", NO_NEWS_MS, isPolling && connection.state === "live");
  return (
    <div className={`task-progress ${className ?? ""}`.trim()}>
      <JobProgressSpinner
        {...shown}
        job={job && { ...job, message: spoken(job) }}
        isPolling={isPolling}
        error={error}
        connection={connection}
        onRetry={retry}
        onCancel={cancel}
      />
      <p className="task-progress__quiet" role="status">
        {isQuiet && (job ? "No news for a while. The job is still running." : "The service has not answered yet. Still waiting.")}
      </p>
    </div>
  );
}

/** The API reports stages, such as "Generated names...". Readers want to know what is written. */
function spoken({ message }: Job): string {
  const written = /^Generated (.+)\.\.\.$/.exec(message)?.[1];
  if (written !== undefined) return `${capitalized(written)} written...`;
  if (message.startsWith("Preparing ")) return "Waiting to start...";
  return message.replace(/^Generating /, "Writing ").replace(/^Finalizing /, "Finishing ");
}
