/** What a reader sees of a world: the owner everything, players what is marked for them. */

import type { Details } from "@loresmith/jobs";
import { conceptOf } from "../lore/detail";
import { labelledPieces, type Kind } from "../lore/kind";

export interface ReadablePiece {
  name?: string | null | undefined;
  description?: string | null | undefined;
  language?: string | null | undefined;
  details?: Details | null | undefined;
}

export interface Readable {
  title: string;
  language: string | null;
  story?: string | null | undefined;
  quest?: { title: string; description: string } | null | undefined;
  pieces: Record<string, ReadablePiece | null | undefined>;
}

/** A part of a world that can be reached from the contents. */
export interface Section {
  /** The id of its element. */
  id: string;
  /** What it is: "Story", "Character". */
  label: string;
  /** Its heading: the name of the piece, the title of the quest; null if it has only its label. */
  title: string | null;
  language: string | null;
  /** Its texts, to search in. */
  texts: string[];
  /** Only for a piece. */
  piece?: { role: string; kind: string; piece: ReadablePiece };
}

/** In the order of the page. */
export function sectionsOf({ story, quest, pieces, language }: Readable, kinds: readonly Kind[]): Section[] {
  const own = [
    ...(story ? [{ id: "story", label: "Story", title: null, language, texts: [story] }] : []),
    ...(quest ? [{ id: "quest", label: "Quest", title: quest.title, language, texts: [quest.title, quest.description] }] : []),
  ];
  const found = labelledPieces(pieces, kinds).map(({ role, kind, label, piece }) => ({
    id: sectionId(role),
    label,
    title: piece.name ?? null,
    language: piece.language ?? language,
    texts: [piece.name ?? "", piece.description ?? "", ...stringsIn(piece.details)].filter(Boolean),
    piece: { role, kind, piece },
  }));
  return [...own, ...found];
}

export function sectionId(role: string): string {
  return `piece-${role}`;
}

/** The name of a section: its title, or what it is. */
export function nameOf({ title, label }: Pick<Section, "title" | "label">): string {
  return title ?? label;
}

/** The text under the heading of a closed section: the concept of the piece, or the start of the text. */
export function briefOf({ piece, texts, title }: Section): string {
  if (!piece) return texts.find((text) => text !== title) ?? "";
  return conceptOf(piece.piece.details) ?? piece.piece.description ?? "";
}

function stringsIn(value: unknown): string[] {
  if (typeof value === "string") return [value];
  if (typeof value !== "object" || value === null) return [];
  return Object.values(value).flatMap(stringsIn);
}
