/** The finished pieces of a job, even of one that is still running or has failed. */

import { missingPlaces, notesOf, type Job, type JobItem, type WrittenPiece } from "@loresmith/jobs";

export interface Finished {
  /** The 0-based index of the piece in its job. */
  place: number;
  piece: WrittenPiece;
  /** The API's remarks on the piece. They come with the end of the job. */
  note?: string | undefined;
  /** Its id in the library, which has it once the job has ended. */
  libraryId?: string | undefined;
}

export function finishedOf(job: Pick<Job, "status" | "result" | "items" | "warnings">): Finished[] {
  if (Array.isArray(job.result)) return resultOf(job.result, job);
  return job.items.flatMap((item) => {
    const piece = pieceOf(item);
    return piece ? [{ place: item.index, piece, libraryId: item.library_id ?? undefined }] : [];
  });
}

/** The result leaves out missing pieces; the items do not. */
function resultOf(pieces: WrittenPiece[], job: Pick<Job, "items" | "warnings">): Finished[] {
  const missing = missingPlaces(job);
  const places = Array.from({ length: pieces.length + missing.size }, (_, place) => place).filter((place) => !missing.has(place));
  const notes = notesOf(job);
  const ids = new Map(job.items.map(({ index, library_id }) => [index, library_id ?? undefined]));
  return pieces.map((piece, at) => {
    const place = places[at] ?? at;
    return { place, piece, note: notes.get(at), libraryId: ids.get(place) };
  });
}

function pieceOf({ complete, name, description, type, language, details }: JobItem): WrittenPiece | null {
  if (!complete || name === null || description === null) return null;
  return { name, description, type, language, details };
}
