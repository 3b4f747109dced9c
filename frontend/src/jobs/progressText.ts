/** What the progress component says. */

import type { Job } from "../api/wire";
import { Refused, type ApiError } from "../api/error";
import type { Connection } from "./connection";

export type ProgressMood = "running" | "done" | "failed" | "cancelled";

export function moodOf(job: Job | undefined, error: string | null | undefined): ProgressMood {
  if (error || job?.status === "failed") return "failed";
  if (job?.status === "completed") return "done";
  return job?.status === "cancelled" ? "cancelled" : "running";
}

export function messageOf(job: Job | undefined, error: string | null | undefined): string {
  return error ?? job?.error ?? job?.message ?? "Sending your request...";
}

/** A second line on how things stand; empty where nothing is out of the ordinary. */
export function noteOf(connection: Connection | undefined, job: Job | undefined, isQuiet: boolean): string {
  if (connection?.state === "reconnecting") return `${troubleOf(connection.error)} ${job ? GOES_ON : IS_KEPT}`;
  if (connection?.state === "paused" && connection.reason === "offline") {
    return "You are offline. This goes on by itself once you are back.";
  }
  return isQuiet ? "This takes longer than usual. You may leave the page; the job goes on." : "";
}

const GOES_ON = "Reconnecting; your job goes on.";
const IS_KEPT = "Reconnecting; your request is kept, and sent again.";

/** The service's own words where it has answered. */
function troubleOf(error: ApiError): string {
  return error instanceof Refused ? error.message : "No connection to the service.";
}
