/** A piece as Markdown. */

import type { Piece } from "@loresmith/jobs";
import { conceptOf, detailsOf, type Detail } from "./detail";

/** The piece under a heading with its kind and its name. */
export function pieceMarkdown(kind: string, { name, description, details }: Piece): string {
  const concept = conceptOf(details);
  const head = [`## ${kind}: ${line(name)}`, ...(concept ? [`*${line(concept)}*`] : []), ...(description ? [description] : [])];
  return [...head, ...detailsOf(details).flatMap(detailLines)].join("\n\n") + "\n";
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
