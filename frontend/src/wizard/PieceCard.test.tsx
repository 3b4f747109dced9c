import { completedJob, piece } from "@loresmith/jobs/testing/fakeJob";
import { fireEvent, screen } from "@testing-library/react";
import { readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import { pass } from "../testing/world";
import { click, picked, wizardWorld, write } from "../testing/wizard";

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
  const progress = screen.getByRole("progressbar", { name: "Writing another" }).closest(".card-place__progress");
  expect(progress && getComputedStyle(progress).paddingInline).toBe("0.25rem");
});

it("shows the text of a piece in its language and direction, and the page's own words in English", async () => {
  const { api } = wizardWorld();
  await click("Write three characters");
  const details = { concept: "ملاح", appearance: "طويل.", traits: ["صبور", "حذر"], stats: { health: 90 } };
  const mara = { ...piece("مارا"), description: "كاتبة.", language: "ar", details };
  api.set("job-1", () => completedJob([mara, piece("Ilse"), piece("Oda")]));
  await pass(1_000);
  await click(/Read more.*مارا/);
  for (const text of ["مارا", "ملاح", "كاتبة.", "طويل.", "صبور"]) {
    expect(closest(text).getAttribute("lang")).toBe("ar");
    expect(closest(text).getAttribute("dir")).toBe("rtl");
  }
  for (const label of ["Traits", "Health"]) expect(screen.getByText(label).closest("[lang='ar']")).toBeNull();
  expect(closest("Ilse").getAttribute("lang")).toBe("en");
});

it("is picked by a click anywhere on it, but not if the user has just selected some of its text", async () => {
  const { api } = wizardWorld();
  await click("Write three characters");
  await write(api, "job-1", ["Mara", "Ilse", "Oda"]);
  const [text] = screen.getAllByText("A clerk.");
  if (!text) throw new Error("The first card has no text.");
  window.getSelection()?.selectAllChildren(text);
  fireEvent.click(text);
  expect(picked()).toBeNull();
  window.getSelection()?.removeAllRanges();
  fireEvent.click(text);
  await pass();
  expect(picked()).toBe("Mara");
});

/** The element that says in which language this text is. */
function closest(text: string): Element {
  const found = screen.getAllByText(text).map((element) => element.closest("[dir]")).find((element) => element !== null);
  if (!found) throw new Error(`Nothing says how to show ${text}.`);
  return found;
}

it("keeps the focus in the place of a card that is rewritten", async () => {
  const { api } = wizardWorld();
  await click("Write three characters");
  await write(api, "job-1", ["Mara", "Ilse", "Oda"]);
  const button = screen.getByRole("button", { name: /in place of Ilse/ });
  button.focus();
  const place = button.closest(".card-place");
  await click(/in place of Ilse/);
  await write(api, "job-4", ["Cato"]);
  expect(document.activeElement).toBe(place);
  expect(place?.textContent).toContain("Cato");
});
