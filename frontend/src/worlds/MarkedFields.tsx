import type { ReadablePiece } from "../book/readable";
import { Paragraphs } from "../book/Paragraphs";
import { detailsOf, wordsOf } from "../lore/detail";
import { DetailList } from "../lore/DetailList";
import { fieldsOf, isMarked, piecePath } from "../shared/players";

interface MarkedFieldsProps {
  role: string;
  piece: ReadablePiece;
  language: string | null;
  marked: readonly string[];
  onMark: (field: string, isShown: boolean) => void;
}

/** The fields of a piece, each with a box that shows it to players. */
export function MarkedFields({ role, piece, language, marked, onMark }: MarkedFieldsProps) {
  return (
    <ul className="marked">
      {fieldsOf(piece).map((field) => {
        const isShown = isMarked(marked, piecePath(role, field));
        return (
          <li key={field} data-shown={isShown}>
            <label>
              <input type="checkbox" checked={isShown} onChange={({ target }) => onMark(field, target.checked)} /> {wordsOf(field)}
              <span className="visually-hidden"> of {piece.name ?? role}</span>
            </label>
            <FieldText piece={piece} field={field} language={piece.language ?? language} />
          </li>
        );
      })}
    </ul>
  );
}

function FieldText({ piece, field, language }: { piece: ReadablePiece; field: string; language: string | null }) {
  if (field === "name" || field === "description") return <Paragraphs text={piece[field] ?? ""} language={language} />;
  const value = piece.details?.[field];
  if (typeof value === "string") return <Paragraphs text={value} language={language} />;
  return <DetailList details={detailsOf({ [field]: value ?? null })} language={language} />;
}
