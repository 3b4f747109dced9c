import { readAgain } from "@loresmith/jobs/core";
import { useLibraryApi } from "@loresmith/jobs/library";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useId, useState, type SyntheticEvent } from "react";
import { useDesk } from "../editing";
import { Notice } from "../kit/Notice";
import { newUuid } from "../kit/uuid";
import { capitalized } from "../lore/kind";
import { useRegistry } from "../registry/registry";
import { DESCRIPTION_MAX, NAME_MAX } from "./limit";
import { PIECES_KEY } from "./useLibrary";

interface OwnPiece {
  id: string;
  kind: string;
  name: string;
  description: string;
}

/** A form for a piece that the user writes. The user adds details, tags and the rest later. */
export function OwnPieceForm({ onClose }: { onClose: () => void }) {
  const { pieceKinds } = useRegistry();
  const [piece, setPiece] = useState<OwnPiece>({ id: newUuid(), kind: pieceKinds[0]?.key ?? "", name: "", description: "" });
  const { mutate, isPending, error } = useAddPiece(onClose);
  const submit = (event: SyntheticEvent) => {
    event.preventDefault();
    if (!isPending && piece.name.trim() !== "") mutate(piece);
  };
  return (
    <form className="own-piece" aria-label="Write your own" onSubmit={submit}>
      <OwnPieceFields piece={piece} onChange={(part) => setPiece({ ...piece, ...part })} />
      {error && <Notice error={error} onRetry={() => mutate(piece)} />}
      <FormActions isPending={isPending} onClose={onClose} />
    </form>
  );
}

function OwnPieceFields({ piece, onChange }: { piece: OwnPiece; onChange: (part: Partial<OwnPiece>) => void }) {
  const { pieceKinds } = useRegistry();
  const id = useId();
  return (
    <>
      <label htmlFor={`${id}-kind`}>Kind</label>
      <select id={`${id}-kind`} className="field" value={piece.kind} onChange={(event) => onChange({ kind: event.target.value })}>
        {pieceKinds.map(({ key, one }) => (
          <option key={key} value={key}>
            {capitalized(one)}
          </option>
        ))}
      </select>
      <label htmlFor={`${id}-name`}>Name</label>
      <input
        id={`${id}-name`}
        className="field"
        type="text"
        required
        maxLength={NAME_MAX}
        autoComplete="off"
        value={piece.name}
        onChange={(event) => onChange({ name: event.target.value })}
      />
      <label htmlFor={`${id}-text`}>Description</label>
      <textarea
        id={`${id}-text`}
        className="field"
        rows={4}
        maxLength={DESCRIPTION_MAX}
        value={piece.description}
        onChange={(event) => onChange({ description: event.target.value })}
      />
    </>
  );
}

function FormActions({ isPending, onClose }: { isPending: boolean; onClose: () => void }) {
  return (
    <p className="form-actions">
      <button type="submit" className="button button--main" aria-disabled={isPending}>
        {isPending ? "Saving..." : "Add to the library"}
      </button>
      <button type="button" className="button button--quiet" onClick={onClose}>
        Cancel
      </button>
    </p>
  );
}

function useAddPiece(onAdded: () => void) {
  const api = useLibraryApi();
  const desk = useDesk();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: ({ id, kind, name, description }: OwnPiece) =>
      api.addPiece({ id, kind, name: name.trim(), ...(description.trim() ? { description: description.trim() } : {}) }),
    onSuccess: (piece, { name, description }) => {
      desk.learn("pieces", [piece]);
      // If an earlier answer was lost, the API returns what it stored then.
      const editor = desk.editor("pieces", piece.id);
      editor.change(["name"], name.trim());
      editor.change(["description"], description.trim());
      onAdded();
      return readAgain(queryClient, PIECES_KEY);
    },
  });
}
