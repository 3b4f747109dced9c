/** The kinds of pieces that a world is made of. */

import type { JobTypeInfo, PiecesType } from "@loresmith/jobs";
import { fieldRules } from "./payload";

export interface Kind {
  /** The `type` of its pieces, and their key in `selectedLore`. */
  key: string;
  /** The job type that writes its pieces. */
  jobType: PiecesType;
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
  return pieceTypes(jobTypes).filter(({ kind }) => taken.has(kind)).map(kindOf);
}

/** The kinds of all pieces, in the order of `GET /job-types`. */
export function pieceKindsOf(jobTypes: readonly JobTypeInfo[]): Kind[] {
  return pieceTypes(jobTypes).map(kindOf);
}

function pieceTypes(jobTypes: readonly JobTypeInfo[]): JobTypeInfo<"pieces">[] {
  return jobTypes.filter((jobType) => jobType.delivers === "pieces");
}

/** The job type that makes a world. Throws if there is none. */
export function worldType(jobTypes: readonly JobTypeInfo[]): JobTypeInfo<"world"> {
  const found = jobTypes.find((jobType) => jobType.delivers === "world");
  if (found === undefined) throw new Error("The API lists no job type that makes a world.");
  return found;
}

function kindOf(jobType: JobTypeInfo<"pieces">): Kind {
  const { kind, type, singular, plural, question } = jobType;
  const context = Object.fromEntries(jobType.context.map(({ field, kind: needed }) => [field, needed]));
  const { maxItems: avoidMax = Infinity } = fieldRules(jobType, "avoid");
  return { key: kind, jobType: type, one: singular, many: plural, question, context, avoidMax };
}

/** A piece of a world, under its role: the key of its kind, or "character_2" if there are several of a kind. */
export interface LabelledPiece<P> {
  role: string;
  /** The key of its kind. */
  kind: string;
  /** 1, or higher if the kind has several pieces. */
  number: number;
  /** "Character"; "Character 2" for the second one. */
  label: string;
  piece: P;
}

/** A world's pieces in the order of the kinds. Pieces of unknown kinds come last. */
export function labelledPieces<P>(pieces: Record<string, P | null | undefined>, kinds: readonly Kind[]): LabelledPiece<P>[] {
  const order = kinds.map(({ key }) => key);
  const place = (kind: string) => (order.includes(kind) ? order.indexOf(kind) : order.length);
  const found = Object.entries(pieces).flatMap(([role, piece]) => (piece ? [labelled(role, piece, kinds)] : []));
  return found.sort((one, other) => place(one.kind) - place(other.kind) || one.number - other.number);
}

function labelled<P>(role: string, piece: P, kinds: readonly Kind[]): LabelledPiece<P> {
  const [, kind = role, number = ""] = /^(.+?)(?:_(\d+))?$/.exec(role) ?? [];
  const label = capitalized(kinds.find(({ key }) => key === kind)?.one ?? kind.replace(/_/g, " "));
  return { role, kind, number: Number(number || 1), label: number ? `${label} ${number}` : label, piece };
}

export function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
