"use client";

import { useState } from "react";
import type { Job } from "../api/wire.js";
import type { Connection } from "../core/connection.js";
import { messageOf, moodOf, noteOf, type ProgressMood } from "../core/progressText.js";
import { useProgressStyle } from "./useProgressStyle.js";
import { useQuiet } from "./useQuiet.js";
import { warningText } from "../core/warning.js";

export interface JobProgressSpinnerProps {
  /** The job. Without one, and without any of the next three, nothing is shown. */
  job: Job | null | undefined;
  /** Whether a job is being submitted or followed. While there is no job yet, this shows that the request is being sent. */
  isPolling?: boolean | undefined;
  /** Why there is no job. Takes precedence over the job's own error. */
  error?: string | null | undefined;
  connection?: Connection | undefined;
  showProgress?: boolean | undefined;
  showMessage?: boolean | undefined;
  className?: string | undefined;
  /** The name of the progress bar for screen readers. */
  label?: string | undefined;
  /** Shows a Retry button on failure. */
  onRetry?: (() => unknown) | undefined;
  /** Shows a Cancel button while the job runs. If it resolves to false, a note says that the job could not be cancelled. */
  onCancel?: (() => unknown) | undefined;
}

/** Without a change for this long, the component says that the job is taking longer than usual. */
const QUIET_MS = 30_000;

/** The progress of a job: bar, percentage and message. If the job failed: the error and a Retry button. Its size never changes. */
export default function JobProgressSpinner(props: JobProgressSpinnerProps) {
  const { job, isPolling = false, error, connection } = props;
  const isIdle = !job && !isPolling && !error && (connection?.state ?? "live") === "live";
  return isIdle ? null : <JobProgress {...props} job={job ?? undefined} />;
}

function JobProgress(props: JobProgressSpinnerProps & { job: Job | undefined }) {
  useProgressStyle();
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
