import type { KeptPiece } from "@loresmith/jobs/library";
import type { EditableDocument } from "../editing";
import { Star } from "../kit/Star";

interface MarkProps {
  document: EditableDocument<"pieces">;
  piece: KeptPiece;
}

export function FavouriteButton({ document, piece }: MarkProps) {
  const change = (isOn: boolean) => document.change(["favourite"], isOn);
  return <Star label={`Favourite: ${piece.name}`} isOn={piece.favourite} onChange={change} />;
}

/** Marks the piece as canon, so that new texts must agree with it. */
export function CanonSwitch({ document, piece }: MarkProps) {
  return (
    <label className="check">
      <input type="checkbox" checked={piece.canon} onChange={() => document.change(["canon"], !piece.canon)} />
      <span>
        Canon <span className="quiet">(new texts must agree with it; only your newest five count)</span>
      </span>
    </label>
  );
}
