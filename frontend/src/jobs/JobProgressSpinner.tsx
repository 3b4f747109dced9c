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
  /** What the progress is of, for those who do not see it. */
  label?: string;
  /** Why there is no job; wins over the job's own error. */
  error?: string | null;
  connection?: Connection;
  /** Shows a Retry button on failure. */
  onRetry?: () => unknown;
  /** Shows a Cancel button while the job runs; says so where it gives false. */
  onCancel?: () => unknown;
}

/** After this long without news the component says that it takes longer, in milliseconds. */
const QUIET_MS = 30_000;

/** How far a job is: bar, percentage, message; the error and a way on where it failed. Keeps its size throughout. */
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
      <Way mood={mood} onRetry={props.onRetry} onCancel={cancel} />
      <p className="job-progress__spoken" role="status">
        {note || message}
      </p>
    </div>
  );
}

/** What is missing from a completed job, or was adjusted in it. */
function warnings(job: Job | undefined): string {
  return job?.status === "completed" ? warningText(job) : "";
}

/** A cancel that the API could not be told is no cancel: it says so, until it is tried again. */
function useCancel(onCancel: (() => unknown) | undefined): [(() => void) | undefined, string] {
  const [hasFailed, setFailed] = useState(false);
  const cancel = async () => {
    setFailed(false);
    setFailed((await onCancel?.()) === false);
  };
  return [onCancel && (() => void cancel()), hasFailed ? "It could not be cancelled. Try again." : ""];
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

type WayProps = Pick<JobProgressSpinnerProps, "onRetry" | "onCancel"> & { mood: ProgressMood };

function Way({ mood, onRetry, onCancel }: WayProps) {
  const onClick = mood === "running" ? onCancel : mood === "done" ? undefined : onRetry;
  if (!onRetry && !onCancel) return null;
  return (
    <div className="job-progress__way">
      {onClick && (
        <button type="button" onClick={() => onClick()}>
          {mood === "running" ? "Cancel" : "Retry"}
        </button>
      )}
    </div>
  );
}
