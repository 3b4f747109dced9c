import { attributesOf } from "../lore/language";
import type { Tie, Tied } from "./ties";

interface TieListProps {
  pieces: readonly Tied[];
  ties: readonly Tie[];
  onGo: (role: string) => void;
}

/** The ties in words, each with the sentence that says so. */
export function TieList({ pieces, ties, onGo }: TieListProps) {
  return (
    <ul className="tie-list">
      {ties.map((tie) => {
        const from = pieces.find(({ role }) => role === tie.from);
        const to = pieces.find(({ role }) => role === tie.to);
        return from && to && (
          <li key={`${tie.from} ${tie.to}`}>
            <p>
              <PieceLink piece={from} onGo={onGo} /> {tie.how.by === "names" ? "names" : "and"} <PieceLink piece={to} onGo={onGo} />
              {tie.how.by === "shares" && <> both name {tie.how.name}</>}
            </p>
            <blockquote {...attributesOf(from.language)}>{tie.sentence}</blockquote>
          </li>
        );
      })}
    </ul>
  );
}

function PieceLink({ piece, onGo }: { piece: Tied; onGo: (role: string) => void }) {
  return (
    <button type="button" className="link" onClick={() => onGo(piece.role)} {...attributesOf(piece.language)}>
      {piece.name}
    </button>
  );
}
