/** Worlds made through the API, so that a test can begin on the page of one. */

import { urlOf } from "./stack";

interface JobType {
  type: string;
  kind: string;
  delivers: string;
  context: { field: string; kind: string }[];
}

interface JobAnswer {
  id: string;
  status: string;
  result: unknown;
}

type GivenPiece = Record<string, unknown>;

/** Has a world written, with a piece of every kind. Returns its id. */
export async function makeWorld(theme = "fantasy"): Promise<string> {
  const { job_types } = await call<{ job_types: JobType[] }>("/job-types");
  const pieces: Record<string, GivenPiece> = {};
  for (const { type, kind, delivers, context } of job_types.filter((each) => each.delivers === "pieces")) {
    const given = Object.fromEntries(context.map(({ field, kind: needed }) => [field, pieces[needed]]));
    const [piece] = (await run(type, { theme, count: 1, ...given })) as GivenPiece[];
    if (piece === undefined) throw new Error(`${type} has delivered no ${kind} (${delivers}).`);
    pieces[kind] = piece;
  }
  const made = (await run("create_world", { user_id: "web", theme, selectedLore: pieces })) as { world_id: string };
  return made.world_id;
}

async function run(type: string, payload: object): Promise<unknown> {
  let job = await call<JobAnswer>("/jobs", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ type, payload }) });
  while (job.status === "pending" || job.status === "processing") job = await call(`/jobs/${job.id}`, { headers: { Prefer: "wait=20" } });
  if (job.status !== "completed") throw new Error(`${type} ended as ${JSON.stringify(job)}`);
  return job.result;
}

async function call<T>(path: string, init: RequestInit = {}): Promise<T> {
  const response = await fetch(urlOf("api") + path, init);
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}
