import type { KeptPiece } from "@loresmith/jobs/library";
import { writerText } from "../editing";
import { dateText } from "../style/dateText";

/** Who wrote the piece, and when. */
export function Origin({ piece }: { piece: KeptPiece }) {
  const { source, author, edited, created_at, updated_at, version } = piece;
  const written = source === null ? `Written by you on ${dateText(created_at)}.` : `Written by ${nameIn(writerText(source))} on ${dateText(created_at)}.`;
  const changed = version === 1 ? "" : ` Last changed on ${dateText(updated_at)}`;
  const by = version === 1 ? "" : author === null && edited ? " by you." : ".";
  return (
    <p className="quiet sheet__origin">
      {written}
      {changed}
      {by}
    </p>
  );
}

/** "A job" becomes "a job" in the middle of a sentence; the name of a model stays as it is. */
function nameIn(writer: string): string {
  return writer === "A job" ? "a job" : writer;
}
