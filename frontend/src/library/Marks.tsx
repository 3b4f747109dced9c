import type { KeptPiece } from "../api/libraryWire";
import type { EditableDocument } from "../editing";

interface MarkProps {
  document: EditableDocument<"pieces">;
  piece: KeptPiece;
}

export function FavouriteButton({ document, piece }: MarkProps) {
  const label = `Favourite: ${piece.name}`;
  return (
    <button
      type="button"
      className="star"
      aria-label={label}
      title="Favourite"
      aria-pressed={piece.favourite}
      onClick={() => document.change(["favourite"], !piece.favourite)}
    />
  );
}

/** Whether new pieces must agree with this one. */
export function CanonSwitch({ document, piece }: MarkProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={piece.canon} onChange={() => document.change(["canon"], !piece.canon)} />
      <span>
        Canon <span className="quiet">(what is written next agrees with it; the newest five count)</span>
      </span>
    </label>
  );
}
