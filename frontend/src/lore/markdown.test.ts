import { piece } from "@loresmith/jobs/testing/fakeJob";
import { expect, it } from "vitest";
import { pieceMarkdown } from "./markdown";

const DETAILS = { concept: "A\nclerk", appearance: "Tall.", traits: ["Proud", "Two\nlines"], flaw: { name: "Debt", description: "Owes." }, stats: { hit_points: 9 } };

it("has a heading for the piece and for each detail, in the form that suits the detail", () => {
  expect(pieceMarkdown("Character", { ...piece("Mara\nQuill"), description: "She left.\n\nShe came back.", details: DETAILS })).toBe(
    [
      "## Character: Mara Quill",
      "*A clerk*",
      "She left.\n\nShe came back.",
      "### Appearance\n\nTall.",
      "### Traits\n\n- Proud\n- Two lines",
      "### Flaw\n\n**Debt:** Owes.",
      "### Stats\n\n- Hit points: 9\n",
    ].join("\n\n"),
  );
});

it("has only the heading of a piece without text", () => {
  expect(pieceMarkdown("Relic", { ...piece("Salt Crown"), description: "", details: {} })).toBe("## Relic: Salt Crown\n");
});
