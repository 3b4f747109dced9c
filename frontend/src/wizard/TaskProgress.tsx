import type { Delivery } from "../api/wire";
import { JobProgressSpinner, type Job, type JobPolling } from "../jobs";
import { capitalized } from "../lore/kind";

interface TaskProgressProps<D extends Delivery> {
  polling: JobPolling<D>;
  label: string;
  className?: string;
  showMessage?: boolean;
  showProgress?: boolean;
}

/** The progress of a job of the wizard, with buttons to cancel it and to retry it. */
export function TaskProgress<D extends Delivery>({ polling, ...shown }: TaskProgressProps<D>) {
  const { job, error, connection, retry, cancel } = polling;
  return (
    <JobProgressSpinner
      {...shown}
      job={job && { ...job, message: spoken(job) }}
      error={error}
      connection={connection}
      onRetry={retry}
      onCancel={cancel}
    />
  );
}

/** The API reports stages, such as "Generated names...". A reader wants to know what there is to read. */
function spoken({ message }: Job): string {
  const written = /^Generated (.+)\.\.\.$/.exec(message)?.[1];
  if (written !== undefined) return `${capitalized(written)} written...`;
  return message.replace(/^Generating /, "Writing ").replace(/^Finalizing /, "Finishing ");
}
