/** The requests that a draft sends. */

import type { Piece, PiecesRequest, SelectedLore, WorldRequest } from "../api/wire";
import type { Kind } from "../lore/kind";
import { pickedPiece, choiceOf, type Draft } from "./draft";

/** The number of cards to choose from. */
export const CARDS = 3;

/** Asks for new pieces of a kind. Avoids the names of all earlier pieces. */
export function piecesRequest(draft: Draft, kind: Kind, count = CARDS): PiecesRequest {
  const { seen } = choiceOf(draft, kind);
  const payload = {
    theme: themeOf(draft),
    count,
    ...(draft.tone.trim() ? { tone: draft.tone.trim() } : {}),
    ...(seen.length > 0 ? { avoid: seen } : {}),
    ...contextPieces(draft, kind.context),
  };
  return { type: kind.jobType, payload };
}

/** Asks for the world of the picked pieces. `owner` is for an API without bearer tokens. */
export function worldRequest(draft: Draft, kinds: readonly Kind[], owner: string | undefined): WorldRequest {
  const title = draft.title.trim();
  const payload = {
    theme: themeOf(draft),
    selectedLore: pickedLore(draft, kinds),
    ...(title ? { title } : {}),
    ...(owner === undefined ? {} : { user_id: owner }),
  };
  return { type: "create_world", payload };
}

function themeOf(draft: Draft): string {
  return draft.theme.trim() || "fantasy";
}

function pickedLore(draft: Draft, kinds: readonly Kind[]): SelectedLore {
  const picked = kinds.map((kind) => [kind.key, pickedPiece(draft, kind)] as const);
  return Object.fromEntries(picked.filter(([, piece]) => piece !== null));
}

function contextPieces(draft: Draft, context: Kind["context"]): Record<string, Piece> {
  const pieces = Object.entries(context).map(([field, key]) => [field, pickedPiece(draft, { key })] as const);
  return Object.fromEntries(pieces.flatMap(([field, piece]) => (piece ? [[field, piece]] : [])));
}
