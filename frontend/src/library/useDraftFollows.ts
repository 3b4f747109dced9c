import { useEffect } from "react";
import type { KeptPiece } from "../api/libraryWire";
import { useDraft } from "../draft/DraftProvider";

/** The cards of the world that is being made show what the user has changed in the library. */
export function useDraftFollows(piece: KeptPiece | null): void {
  const { dispatch } = useDraft();
  useEffect(() => {
    if (piece === null) return;
    const { id, kind, name, description, language, details } = piece;
    dispatch({ do: "revise", libraryId: id, piece: { name, description, type: kind, language, details } });
  }, [piece, dispatch]);
}
