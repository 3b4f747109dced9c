import type { KeptPiece } from "@loresmith/jobs/library";
import { useEffect } from "react";
import { useDraft } from "../draft/DraftProvider";

/** Applies the user's changes in the library to the cards of the world that is being made. */
export function useDraftFollows(piece: KeptPiece | null): void {
  const { dispatch } = useDraft();
  useEffect(() => {
    if (piece === null) return;
    const { id, kind, name, description, language, details } = piece;
    dispatch({ do: "revise", libraryId: id, piece: { name, description, type: kind, language, details } });
  }, [piece, dispatch]);
}
