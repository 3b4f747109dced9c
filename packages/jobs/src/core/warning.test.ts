import { describe, expect, it } from "vitest";
import { adjusted, belowStandard, completedJob, missing, piece, processingJob } from "../testing/fakeJob.js";
import { canRetry } from "./jobState.js";
import { isMissing, notesOf, warningText } from "./warning.js";

const job = (names: string[], ...warnings: ReturnType<typeof missing>[]) => completedJob(names.map(piece), { warnings });

describe("warnings", () => {
  it("the warning is empty if nothing is missing or adjusted", () => {
    expect(warningText(job(["Mara"]))).toBe("");
    expect(warningText(processingJob())).toBe("");
  });

  it("the warning counts the missing pieces and says why the first is missing", () => {
    expect(warningText(job(["Mara"], missing(1)))).toBe("One is missing. Refused.");
    expect(warningText(job(["Mara"], missing(1, "Too long."), missing(1), missing(2)))).toBe("2 are missing. Too long.");
  });

  it("an adjusted piece is found by its place in the result", () => {
    const written = job(["Mara", "Ilse"], missing(1), adjusted(2, "health was set to 150."), adjusted(2, "two traits were cut"));
    expect([...notesOf(written)]).toEqual([[1, "Adjusted: health was set to 150; two traits were cut."]]);
    expect(warningText(written)).toBe("One is missing. Refused. Ilse was adjusted: health was set to 150, and 1 more.");
  });

  it("the note of a weak piece says all that could be better, and the warning only the first", () => {
    const warnings = [adjusted(0, "health was set to 150."), belowStandard(0, "backstory is too short."), belowStandard(0, "entry 2 of skills says the same as entry 1 of skills.")];
    expect([...notesOf(job(["Mara"], ...warnings))]).toEqual([
      [0, "Adjusted: health was set to 150. Could be better: backstory is too short; entry 2 of skills says the same as entry 1 of skills."],
    ]);
    expect(warningText(job(["Mara"], ...warnings.slice(1)))).toBe("Mara could be better: backstory is too short, and 1 more.");
  });

  it("the warning names a few pieces and counts the others", () => {
    const names = ["Mara", "Ilse", "Oda", "Bodo", "Cato"];
    const weak = names.map((_, item) => belowStandard(item, "The text is in English instead of German."));
    expect(warningText(job(names, ...weak)).split(". ").slice(2)).toEqual([
      "Oda could be better: The text is in English instead of German",
      "2 more pieces have remarks.",
    ]);
    expect(warningText(job(names.slice(1), ...weak.slice(0, 4)))).toMatch(/ 1 more piece has remarks\.$/);
  });

  it("the warning of a world names no piece", () => {
    const world = completedJob({ world_id: "w", language: "en", title: "T", story: "S", quest: { title: "Q", description: "D" }, pieces: {} });
    expect(warningText({ ...world, warnings: [adjusted(0, "the title was cut")] })).toBe("It was adjusted: the title was cut.");
  });

  it("only a missing piece permits a retry; a warning without `missing` means a missing piece", () => {
    expect(canRetry(job(["Mara"], missing(1)))).toBe(true);
    expect(isMissing({})).toBe(true);
    expect(canRetry(job(["Mara"], adjusted(0, "health was set to 150")))).toBe(false);
  });
});
