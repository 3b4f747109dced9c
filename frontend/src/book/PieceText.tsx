import { conceptOf, detailsOf } from "../lore/detail";
import { DetailList } from "../lore/DetailList";
import { attributesOf } from "../lore/language";
import { Paragraphs } from "./Paragraphs";
import type { ReadablePiece } from "./readable";

interface PieceTextProps {
  piece: ReadablePiece;
  /** The language of the world, for a piece that has none. */
  language: string | null;
}

/** Everything of a piece but its name. */
export function PieceText({ piece, language }: PieceTextProps) {
  const concept = conceptOf(piece.details);
  const details = detailsOf(piece.details);
  const written = piece.language ?? language;
  return (
    <>
      {concept && (
        <p className="part__concept" {...attributesOf(written)}>
          {concept}
        </p>
      )}
      <Paragraphs text={piece.description ?? ""} language={written} />
      {details.length > 0 && <DetailList details={details} language={written} />}
    </>
  );
}
