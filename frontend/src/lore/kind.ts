/** The kinds of pieces that a world is made of. */

import type { JobTypeInfo, Piece } from "../api/wire";
import { fieldRules } from "./payload";

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
  /** The largest number of names to avoid that its job type accepts. */
  avoidMax: number;
}

/** The kinds that a world is made of, in the order of `GET /job-types`. */
export function kindsOf(jobTypes: readonly JobTypeInfo[]): Kind[] {
  const taken = new Set(worldType(jobTypes).context.map(({ kind }) => kind));
  return jobTypes.filter(({ delivers, kind }) => delivers === "pieces" && taken.has(kind)).map(kindOf);
}

/** The kinds of all pieces, in the order of `GET /job-types`. */
export function pieceKindsOf(jobTypes: readonly JobTypeInfo[]): Kind[] {
  return jobTypes.filter(({ delivers }) => delivers === "pieces").map(kindOf);
}

/** The job type that makes a world. Throws if there is none. */
export function worldType(jobTypes: readonly JobTypeInfo[]): JobTypeInfo {
  const found = jobTypes.find(({ delivers }) => delivers === "world");
  if (found === undefined) throw new Error("The API lists no job type that makes a world.");
  return found;
}

function kindOf(jobType: JobTypeInfo): Kind {
  const { kind, type, singular, plural, question } = jobType;
  const context = Object.fromEntries(jobType.context.map(({ field, kind: needed }) => [field, needed]));
  const { maxItems: avoidMax = Infinity } = fieldRules(jobType, "avoid");
  return { key: kind, jobType: type, one: singular, many: plural, question, context, avoidMax };
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
