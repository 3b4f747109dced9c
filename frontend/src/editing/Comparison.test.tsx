import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { render, screen } from "@testing-library/react";
import { expect, it } from "vitest";
import { Comparison } from "./Comparison";

it("shows yes and no", () => {
  const [before, after] = [false, true].map((hidden) => keptPiece({ details: { hidden } })) as [ReturnType<typeof keptPiece>, ReturnType<typeof keptPiece>];
  render(<Comparison shelf="pieces" before={before} after={after} labels={["Then", "Now"]} />);
  expect(screen.getAllByRole("definition").map(({ textContent }) => textContent)).toEqual(["ThenNo", "NowYes"]);
});
