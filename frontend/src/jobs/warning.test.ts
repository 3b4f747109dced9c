import { describe, expect, it } from "vitest";
import { adjusted, completedJob, missing, piece, processingJob } from "../testing/fakeJob";
import { canRetry } from "./jobState";
import { adjustmentsOf, isMissing, warningText } from "./warning";

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
    expect([...adjustmentsOf(written)]).toEqual([[1, "health was set to 150; two traits were cut"]]);
    expect(warningText(written)).toBe(
      "One is missing. Refused. Ilse was adjusted: health was set to 150; two traits were cut.",
    );
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
