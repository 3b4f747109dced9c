/** The finished pieces of a job, also of one that is still running or has failed. */

import type { Job, JobItem, WrittenPiece } from "../api/wire";
import { missingPlaces, notesOf } from "../jobs/warning";

export interface Finished {
  /** The 0-based index of the piece in its job. */
  place: number;
  piece: WrittenPiece;
  /** The API's remarks on the piece. They come with the end of the job. */
  note?: string | undefined;
}

export function finishedOf(job: Pick<Job, "status" | "result" | "items" | "warnings">): Finished[] {
  if (Array.isArray(job.result)) return resultOf(job.result, job);
  return job.items.flatMap((item) => {
    const piece = pieceOf(item);
    return piece ? [{ place: item.index, piece }] : [];
  });
}

/** The result leaves out the pieces that are missing, and an item does not. */
function resultOf(pieces: WrittenPiece[], job: Pick<Job, "warnings">): Finished[] {
  const missing = missingPlaces(job);
  const places = Array.from({ length: pieces.length + missing.size }, (_, place) => place).filter((place) => !missing.has(place));
  const notes = notesOf(job);
  return pieces.map((piece, at) => ({ place: places[at] ?? at, piece, note: notes.get(at) }));
}

function pieceOf({ complete, name, description, type, language, details }: JobItem): WrittenPiece | null {
  if (!complete || name === null || description === null) return null;
  return { name, description, type, language, details };
}
