import type { KeptPiece } from "@loresmith/jobs/library";
import { useState } from "react";
import { pickedPiece } from "../draft/draft";
import { useDraft } from "../draft/DraftProvider";
import { ADDRESS } from "../kit/route";
import { useRegistry } from "../registry/registry";

/** Makes the piece the pick of its kind in the world that is being made. Shows nothing for kinds that no world has. */
export function UseInDraft({ piece }: { piece: KeptPiece }) {
  const { kinds } = useRegistry();
  const { draft, dispatch } = useDraft();
  const [isAdded, setAdded] = useState(false);
  const kind = kinds.find(({ key }) => key === piece.kind);
  if (kind === undefined) return null;
  const instead = pickedPiece(draft, kind);
  const add = () => {
    const { name, description, language, details } = piece;
    dispatch({ do: "add", kind, card: { id: `library:${piece.id}`, piece: { name, description, type: piece.kind, language, details }, libraryId: piece.id } });
    setAdded(true);
  };
  if (isAdded) {
    return (
      <a className="button" href={ADDRESS.wizard}>
        Open the new world
      </a>
    );
  }
  return (
    <button type="button" className="button" onClick={add} title={instead ? `Instead of ${instead.name}` : undefined}>
      Use in the new world
    </button>
  );
}
