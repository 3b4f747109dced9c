/** A world as a Markdown document. */

import type { Piece, World } from "../api/wire";
import { conceptOf, detailsOf, type Detail } from "./detail";
import { directionOf } from "./language";
import { labelledPieces, type Kind } from "./kind";
import { themeLabel } from "./theme";

export function worldMarkdown(world: World, kinds: readonly Kind[]): string {
  const pieces = labelledPieces(world.pieces, kinds).flatMap(({ label, piece }) => pieceLines(label, piece));
  const quest = [`## Quest: ${line(world.quest.title)}`, world.quest.description];
  const head = [`# ${line(world.title)}`, `*${line(themeLabel(world.theme))}*`, world.story];
  return metadataOf(world.language) + [...head, ...quest, ...pieces].join("\n\n") + "\n";
}

/** Language and direction for programs that typeset the document, such as Pandoc. English is their default. */
function metadataOf(language: string | null): string {
  return language === null || language === "en" ? "" : `---\nlang: ${language}\ndir: ${directionOf(language)}\n---\n\n`;
}

/** A piece, or what is known of it, as a Markdown section. */
export function pieceMarkdown(kind: string, piece: Partial<Piece>): string {
  return pieceLines(kind, piece).join("\n\n") + "\n";
}

function pieceLines(kind: string, piece: Partial<Piece>): string[] {
  const concept = conceptOf(piece.details);
  const details = detailsOf(piece.details).flatMap(detailLines);
  const head = piece.name ? `## ${kind}: ${line(piece.name)}` : `## ${kind}`;
  return [head, ...(concept ? [`*${line(concept)}*`] : []), ...(piece.description ? [piece.description] : []), ...details];
}

function detailLines(detail: Detail): string[] {
  switch (detail.shape) {
    case "prose":
      return [`### ${detail.label}`, detail.text];
    case "titled":
      return [`### ${detail.label}`, `**${line(detail.title)}:** ${detail.text}`];
    case "list":
      return [`### ${detail.label}`, detail.entries.map((entry) => `- ${line(entry)}`).join("\n")];
    case "scores":
      return [`### ${detail.label}`, detail.scores.map(({ name, value }) => `- ${name}: ${value}`).join("\n")];
  }
}

/** The text on one line, as Markdown requires for headings and list items. */
function line(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
