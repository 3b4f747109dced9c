/** The text of the progress component. */

import type { Job } from "../api/wire.js";
import { Refused, type ApiError } from "../api/error.js";
import type { Connection } from "./connection.js";

export type ProgressMood = "running" | "done" | "failed" | "cancelled";

export function moodOf(job: Job | undefined, error: string | null | undefined): ProgressMood {
  if (error || job?.status === "failed") return "failed";
  if (job?.status === "completed") return "done";
  return job?.status === "cancelled" ? "cancelled" : "running";
}

export function messageOf(job: Job | undefined, error: string | null | undefined): string {
  return error ?? job?.error ?? job?.message ?? "Sending your request...";
}

/** A second line about the connection or a slow job; empty if everything is normal. */
export function noteOf(connection: Connection | undefined, job: Job | undefined, isQuiet: boolean): string {
  if (connection?.state === "reconnecting") return troubleText(connection.error, job !== undefined);
  if (connection?.state === "paused" && connection.reason === "offline") {
    return "You are offline. This continues when you are back online.";
  }
  return isQuiet ? "This is taking longer than usual. You can leave the page; the job keeps running." : "";
}

/** The service's own message if it answered: then the connection is fine. */
function troubleText(error: ApiError, hasJob: boolean): string {
  const outcome = hasJob ? "your job is still running." : "your request will be sent again.";
  if (error instanceof Refused) return `${error.message} ${outcome.charAt(0).toUpperCase()}${outcome.slice(1)}`;
  return `No connection to the service. Reconnecting; ${outcome}`;
}
