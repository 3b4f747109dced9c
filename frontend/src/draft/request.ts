/** What the API is asked for a draft. */

import type { JobRequest, Piece, SelectedLore } from "../api/wire";
import { kindNamed, KINDS, type KindKey } from "../lore/kind";
import { pickedPiece, type Draft } from "./draft";

/** Cards to choose from. */
export const CARDS = 3;

type PiecesRequest = Exclude<JobRequest, { type: "create_world" }>;
type WorldRequest = Extract<JobRequest, { type: "create_world" }>;

/** New pieces of a kind, none under a name that was proposed before. */
export function piecesRequest(draft: Draft, key: KindKey, count = CARDS): PiecesRequest {
  const kind = kindNamed(key);
  const { seen } = draft.stages[key];
  const payload = {
    theme: themeOf(draft),
    count,
    ...(draft.tone.trim() ? { tone: draft.tone.trim() } : {}),
    ...(seen.length > 0 ? { avoid: seen } : {}),
    ...contextPieces(draft, kind.context),
  };
  return { type: kind.jobType, payload };
}

/** The world of everything that was picked. `owner` is for an API that knows its callers by no token. */
export function worldRequest(draft: Draft, owner: string | undefined): WorldRequest {
  const title = draft.title.trim();
  const payload = {
    theme: themeOf(draft),
    selectedLore: pickedLore(draft),
    ...(title ? { title } : {}),
    ...(owner === undefined ? {} : { user_id: owner }),
  };
  return { type: "create_world", payload };
}

function themeOf(draft: Draft): string {
  return draft.theme.trim() || "fantasy";
}

function pickedLore(draft: Draft): SelectedLore {
  const picked = KINDS.map(({ key }) => [key, pickedPiece(draft, key)] as const);
  return Object.fromEntries(picked.filter(([, piece]) => piece !== null));
}

function contextPieces(draft: Draft, context: Record<string, KindKey>): Record<string, Piece> {
  const pieces = Object.entries(context).map(([field, key]) => [field, pickedPiece(draft, key)] as const);
  return Object.fromEntries(pieces.flatMap(([field, piece]) => (piece ? [[field, piece]] : [])));
}
