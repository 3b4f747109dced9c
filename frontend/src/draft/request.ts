/** The requests that a draft sends. */

import type { JobRequest, Piece, PiecesType, SelectedLore } from "@loresmith/jobs";
import type { Kind } from "../lore/kind";
import { pickedPiece, choiceOf, type Draft } from "./draft";

/** The number of cards to choose from, and the same in words. */
export const CARDS = 3;
export const CARDS_IN_WORDS = "three";

/** Asks for new pieces of a kind. Avoids the names of all earlier pieces, as far as the API accepts so many. */
export function piecesRequest(draft: Draft, kind: Kind, count = CARDS): JobRequest<PiecesType> {
  const avoid = choiceOf(draft, kind).seen.slice(-kind.avoidMax);
  const payload = {
    ...briefOf(draft),
    count,
    ...text("tone", draft.tone),
    ...(avoid.length > 0 ? { avoid } : {}),
    ...contextPieces(draft, kind.context),
  };
  return { type: kind.jobType, payload };
}

interface WorldTypes {
  kinds: readonly Kind[];
  /** The name of the job type that makes a world. */
  worldType: "create_world";
}

/** Asks for the world of the picked pieces. `owner` is for an API without bearer tokens. */
export function worldRequest(draft: Draft, types: WorldTypes, owner: string | undefined): JobRequest<"create_world"> {
  const payload = {
    ...briefOf(draft),
    selectedLore: pickedLore(draft, types.kinds),
    ...text("title", draft.title),
    ...(owner === undefined ? {} : { user_id: owner }),
  };
  return { type: types.worldType, payload };
}

/** The fields that all types of jobs share. */
function briefOf({ theme, language, premise, canon }: Draft) {
  const ids = canon.length > 0 ? { canon: canon.map(({ id }) => id) } : {};
  return { ...text("theme", theme), ...text("language", language), ...text("premise", premise), ...ids };
}

/** The field, or nothing if its text is empty: then the API's default applies. */
function text<F extends string>(field: F, given: string): Partial<Record<F, string>> {
  const value = given.trim();
  return (value ? { [field]: value } : {}) as Partial<Record<F, string>>;
}

function pickedLore(draft: Draft, kinds: readonly Kind[]): SelectedLore {
  const picked = kinds.map((kind) => [kind.key, pickedPiece(draft, kind)] as const);
  return Object.fromEntries(picked.filter(([, piece]) => piece !== null));
}

function contextPieces(draft: Draft, context: Kind["context"]): Record<string, Piece> {
  const pieces = Object.entries(context).map(([field, key]) => [field, pickedPiece(draft, { key })] as const);
  return Object.fromEntries(pieces.flatMap(([field, piece]) => (piece ? [[field, piece]] : [])));
}
