import { useState } from "react";
import type { Job } from "../api/wire";
import type { Connection } from "./connection";
import "./jobProgress.css";
import { messageOf, moodOf, noteOf, type ProgressMood } from "./progressText";
import { useQuiet } from "./useQuiet";
import { warningText } from "./warning";

export interface JobProgressSpinnerProps {
  /** The job; undefined while it is being submitted. */
  job: Job | undefined;
  showProgress?: boolean;
  showMessage?: boolean;
  className?: string;
  /** The name of the progress bar for screen readers. */
  label?: string;
  /** Why there is no job. Takes precedence over the job's own error. */
  error?: string | null;
  connection?: Connection;
  /** Shows a Retry button on failure. */
  onRetry?: () => unknown;
  /** Shows a Cancel button while the job runs. If it resolves to false, a note says that the job could not be cancelled. */
  onCancel?: () => unknown;
}

/** Without a change for this long, the component says that the job is taking longer than usual. */
const QUIET_MS = 30_000;

/** The progress of a job: bar, percentage and message. If the job failed: the error and a Retry button. Its size never changes. */
export default function JobProgressSpinner(props: JobProgressSpinnerProps) {
  const { job, error, connection, className = "", showProgress = true, showMessage = true } = props;
  const mood = moodOf(job, error);
  const message = messageOf(job, error);
  const isQuiet = useQuiet(job && `${job.id} ${job.revision}`, QUIET_MS, mood === "running" && job !== undefined);
  const [cancel, cancelNote] = useCancel(props.onCancel);
  const note = mood === "running" ? noteOf(connection, job, isQuiet) || cancelNote : warnings(job);
  return (
    <div className={`job-progress ${className}`.trim()} data-mood={mood} data-connection={connection?.state ?? "live"}>
      <span className="job-progress__mark" aria-hidden="true" />
      <div className="job-progress__body">
        {showMessage && <p className="job-progress__message">{message}</p>}
        {showProgress && <Bar progress={job?.progress ?? 0} label={props.label ?? "Progress"} message={message} />}
        <p className="job-progress__note">{note}</p>
      </div>
      <ActionButton mood={mood} onRetry={props.onRetry} onCancel={cancel} />
      <p className="job-progress__spoken" role="status">
        {note || message}
      </p>
    </div>
  );
}

/** What is missing from the result of a completed job, and remarks on the pieces in it. */
function warnings(job: Job | undefined): string {
  return job?.status === "completed" ? warningText(job) : "";
}

/** The cancel function, and a note if it failed. The note disappears at the next try. */
function useCancel(onCancel: (() => unknown) | undefined): [(() => void) | undefined, string] {
  const [hasFailed, setFailed] = useState(false);
  const cancel = async () => {
    setFailed(false);
    setFailed((await onCancel?.()) === false);
  };
  return [onCancel && (() => void cancel()), hasFailed ? "Could not cancel. Try again." : ""];
}

function Bar({ progress, label, message }: { progress: number; label: string; message: string }) {
  return (
    <div className="job-progress__row">
      <div
        className="job-progress__track"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={progress}
        aria-valuetext={`${progress}%: ${message}`}
      >
        <div className="job-progress__fill" style={{ transform: `scaleX(${progress / 100})` }} />
      </div>
      <span className="job-progress__percent" aria-hidden="true">
        {progress}%
      </span>
    </div>
  );
}

type ActionButtonProps = Pick<JobProgressSpinnerProps, "onRetry" | "onCancel"> & { mood: ProgressMood };

function ActionButton({ mood, onRetry, onCancel }: ActionButtonProps) {
  const onClick = mood === "running" ? onCancel : mood === "done" ? undefined : onRetry;
  if (!onRetry && !onCancel) return null;
  return (
    <div className="job-progress__action">
      {onClick && (
        <button type="button" onClick={() => onClick()}>
          {mood === "running" ? "Cancel" : "Retry"}
        </button>
      )}
    </div>
  );
}
