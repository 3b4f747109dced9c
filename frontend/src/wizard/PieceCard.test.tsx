import { readFileSync } from "node:fs";
import { screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { click, wizardWorld, write } from "../testing/wizard";

const LOOK = readFileSync("src/wizard/cards.css", "utf8");

afterEach(() => {
  vi.useRealTimers();
});

it("keeps the progress of a card that is being rewritten away from the card's edge", async () => {
  document.head.append(Object.assign(document.createElement("style"), { textContent: LOOK }));
  const { api } = wizardWorld();
  await click("Write three characters");
  await write(api, "job-1", ["Mara", "Ilse", "Oda"]);
  await click(/in place of Ilse/);
  const progress = screen.getByRole("progressbar", { name: "Writing another" }).closest(".job-progress");
  expect(progress && getComputedStyle(progress).paddingInline).toBe("0.25rem");
});
