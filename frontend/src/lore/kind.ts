/** The kinds of pieces that a world is made of. */

import type { JobTypeInfo, Piece } from "../api/wire";

export interface Kind {
  /** The `type` of its pieces, and their key in `selectedLore`. */
  key: string;
  /** The job type that writes its pieces. */
  jobType: string;
  one: string;
  many: string;
  /** What a person decides by choosing one. */
  question: string;
  /** Earlier choices that its pieces are written to fit: payload field → key of the kind. */
  context: Readonly<Record<string, string>>;
}

/** The kinds that a world is made of, in the order of `GET /job-types`. */
export function kindsOf(jobTypes: readonly JobTypeInfo[]): Kind[] {
  const world = jobTypes.find(({ delivers }) => delivers === "world");
  const taken = new Set(world?.context.map(({ kind }) => kind));
  return jobTypes.filter(({ delivers, kind }) => delivers === "pieces" && taken.has(kind)).map(kindOf);
}

function kindOf({ kind, type, singular, plural, question, context }: JobTypeInfo): Kind {
  const fields = context.map(({ field, kind: needed }) => [field, needed] as const);
  return { key: kind, jobType: type, one: singular, many: plural, question, context: Object.fromEntries(fields) };
}

/** A world's pieces in the order of the kinds, each with the label of its kind. Pieces of unknown kinds come last. */
export function labelledPieces(pieces: Record<string, Piece | null | undefined>, kinds: readonly Kind[]) {
  const order = [...new Set([...kinds.map(({ key }) => key), ...Object.keys(pieces)])];
  return order.flatMap((key) => {
    const piece = pieces[key];
    return piece ? [{ key, label: capitalized(kinds.find((kind) => kind.key === key)?.one ?? key), piece }] : [];
  });
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
