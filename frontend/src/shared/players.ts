/** What players see of a world. `for_players` lists the paths of the parts that are marked for them. */

import type { Details } from "@loresmith/jobs";
import type { Readable, ReadablePiece } from "../book/readable";

type Marked = readonly string[];

/** The fields of a piece itself. A detail with the same name has no path, so players see it only with the whole piece. */
const OWN_FIELDS = ["name", "description"] as const;

/** The fields of a piece that can be marked, in their order. */
export function fieldsOf(piece: ReadablePiece): string[] {
  const own = OWN_FIELDS.filter((field) => piece[field]);
  return [...new Set([...own, ...Object.keys(piece.details ?? {})])];
}

export function piecePath(role: string, field?: string): string {
  return field === undefined ? `pieces.${role}` : `pieces.${role}.${field}`;
}

/** Whether players see this part. A marked piece is marked with all its fields. */
export function isMarked(marked: Marked, path: string): boolean {
  return marked.includes(path) || marked.includes(path.split(".").slice(0, 2).join("."));
}

/** How much of a piece players see. */
export function shareOf(marked: Marked, role: string, piece: ReadablePiece): "all" | "some" | "none" {
  const fields = fieldsOf(piece);
  const shown = fields.filter((field) => isMarked(marked, piecePath(role, field)));
  if (marked.includes(piecePath(role)) || (fields.length > 0 && shown.length === fields.length)) return "all";
  return shown.length > 0 ? "some" : "none";
}

/** The marks with this part of the text (story, quest) or this whole piece marked or not. */
export function withPart(marked: Marked, path: string, isShown: boolean): string[] {
  const others = marked.filter((other) => other !== path && !other.startsWith(`${path}.`));
  return isShown ? [...others, path] : others;
}

/** The marks with one field of a piece marked or not. */
export function withField(marked: Marked, role: string, piece: ReadablePiece, field: string, isShown: boolean): string[] {
  const shown = fieldsOf(piece).filter((each) => (each === field ? isShown : isMarked(marked, piecePath(role, each))));
  const others = withPart(marked, piecePath(role), false);
  return [...others, ...shown.map((each) => piecePath(role, each))];
}

/** Everything marked, and nothing else. The title is always shown. */
export function forPlayers({ title, language, story, quest, pieces }: Readable, marked: Marked): Readable {
  const shown = Object.entries(pieces).flatMap(([role, piece]) => {
    const part = piece && markedPart(piece, role, marked);
    return part ? [[role, part] as const] : [];
  });
  return {
    title,
    language,
    ...(marked.includes("story") ? { story } : {}),
    ...(marked.includes("quest") ? { quest } : {}),
    pieces: Object.fromEntries(shown),
  };
}

function markedPart(piece: ReadablePiece, role: string, marked: Marked): ReadablePiece | null {
  const shown = fieldsOf(piece).filter((field) => isMarked(marked, piecePath(role, field)));
  if (shown.length === 0) return null;
  const details = Object.entries(piece.details ?? {}).filter(([key]) => shown.includes(key));
  return {
    language: piece.language,
    ...(shown.includes("name") ? { name: piece.name } : {}),
    ...(shown.includes("description") ? { description: piece.description } : {}),
    details: Object.fromEntries<Details[string]>(details),
  };
}
