import { completedJob, failedJob } from "@loresmith/jobs/testing/fakeJob";
import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { pass } from "../testing/world";
import { isOpen, part, press, worldPage } from "../testing/worldPage";

afterEach(() => vi.useRealTimers());

describe("a part", () => {
  it("of a piece is closed at first, and its brief says what it is about", async () => {
    await worldPage();
    expect(isOpen("Story")).toBe(true);
    expect(isOpen("Mara Quill")).toBe(false);
    expect(part("Mara Quill").getAllByText("A clerk")).toHaveLength(2);
  });

  it("opens by a click on its closed text, but not if the user has just selected some of it", async () => {
    await worldPage();
    const brief = part("Mara Quill").element.querySelector(".part__brief");
    if (!brief) throw new Error("There is no brief.");
    window.getSelection()?.selectAllChildren(brief);
    fireEvent.click(brief);
    expect(isOpen("Mara Quill")).toBe(false);
    window.getSelection()?.removeAllRanges();
    fireEvent.click(brief);
    expect(isOpen("Mara Quill")).toBe(true);
  });

  it("opens if the browser's own search finds text in it", async () => {
    await worldPage();
    const body = part("Mara Quill").element.querySelector(".part__body");
    expect(body?.getAttribute("hidden")).toBe("until-found");
    body?.dispatchEvent(new Event("beforematch"));
    await pass();
    expect(isOpen("Mara Quill")).toBe(true);
    expect(body?.hasAttribute("hidden")).toBe(false);
  });
});

describe("the contents", () => {
  function contents() {
    return within(screen.getByRole("navigation", { name: "Contents" }));
  }

  it("lead to every part, and open it", async () => {
    await worldPage();
    const entries = contents().getAllByRole("listitem").map(({ textContent }) => textContent);
    expect(entries).toEqual(["Story", "QuestThe bell", "CharacterMara Quill", "FactionThe Salt Court", "Ties"]);
    fireEvent.click(contents().getByRole("button", { name: /^Faction/ }));
    await pass();
    expect(isOpen("The Salt Court")).toBe(true);
    expect(document.activeElement?.textContent).toBe("The Salt Court");
  });

  it("have the parts that have what is searched for, with the place", async () => {
    await worldPage();
    fireEvent.change(contents().getByRole("searchbox"), { target: { value: "salt court" } });
    expect(contents().getByRole("status").textContent).toBe("Found 2 times.");
    expect(contents().getAllByRole("listitem").map(({ textContent }) => textContent)).toEqual([
      "Mara QuillShe keeps the ledger of the Salt Court.",
      "The Salt CourtThe Salt Court",
    ]);
    fireEvent.change(contents().getByRole("searchbox"), { target: { value: "dragon" } });
    expect(contents().getByRole("status").textContent).toBe("Nothing in this world has “dragon”.");
  });

  it("lead to the ties only while they are shown", async () => {
    await worldPage();
    await press("Edit");
    expect(contents().queryByRole("button", { name: "Ties" })).toBeNull();
    await press("Open all");
    expect(screen.getByRole("button", { name: "Close all" })).toBeTruthy();
    await press("Read");
    expect(contents().getByRole("button", { name: "Ties" })).toBeTruthy();
  });

  it("close with Escape, and the focus is at their button", async () => {
    await worldPage();
    const toggle = contents().getByRole("button", { name: /^Contents/ });
    fireEvent.click(toggle);
    expect(toggle.getAttribute("aria-expanded")).toBe("true");
    fireEvent.keyDown(document, { key: "Escape" });
    expect(toggle.getAttribute("aria-expanded")).toBe("false");
    expect(document.activeElement).toBe(toggle);
  });
});

describe("a piece", () => {
  it("is copied as Markdown, and the page says so", async () => {
    const written: string[] = [];
    Object.defineProperty(navigator, "clipboard", { configurable: true, value: { writeText: (text: string) => Promise.resolve(void written.push(text)) } });
    await worldPage();
    fireEvent.click(part("Mara Quill").getByText(/as Markdown/));
    await pass();
    expect(written).toEqual(["## Character: Mara Quill\n\n*A clerk*\n\nShe keeps the ledger of the Salt Court.\n\n### Debt\n\nShe burnt it.\n"]);
    expect(part("Mara Quill").getByText("Copied")).toBeTruthy();
    Reflect.deleteProperty(navigator, "clipboard");
  });

  it("that cannot be copied says what to do", async () => {
    await worldPage();
    fireEvent.click(part("Mara Quill").getByText(/as Markdown/));
    await pass();
    expect(part("Mara Quill").getByText(/Select the text instead/)).toBeTruthy();
  });
});

describe("ties", () => {
  it("are told in words, with the sentence, and lead to the pieces", async () => {
    await worldPage();
    const ties = part("Ties");
    expect(ties.getByText("She keeps the ledger of the Salt Court.")).toBeTruthy();
    expect(ties.getAllByRole("listitem", { hidden: true })[0]?.textContent).toContain("Mara Quill names The Salt Court");
    fireEvent.click(ties.getByRole("button", { name: /^Go to ?Mara Quill/, hidden: true }));
    await pass();
    expect(isOpen("Mara Quill")).toBe(true);
  });
});

it("is changed in its place, and saved", async () => {
  const { world } = await worldPage();
  await press("Edit");
  await press("Edit Story");
  fireEvent.change(screen.getByRole("textbox", { name: "Story" }), { target: { value: "It snowed." } });
  await press("Done");
  expect(world().story).toBe("It snowed.");
  expect(part("Story").getByText("It snowed.")).toBeTruthy();
});

it("gets and loses tags", async () => {
  const { world } = await worldPage({ tags: ["old"] });
  await press("Edit");
  fireEvent.change(screen.getByRole("textbox", { name: "New tag" }), { target: { value: " campaign " } });
  await press("Add");
  expect(world().tags).toEqual(["old", "campaign"]);
  await press(/Remove the tag ?old/);
  expect(world().tags).toEqual(["campaign"]);
});

it("goes to the trash, says so, and comes back", async () => {
  const { world } = await worldPage();
  await press("Edit");
  await press("Move to the trash");
  expect(world().deleted_at).not.toBeNull();
  expect(screen.getByText(/This world is in the trash/)).toBeTruthy();
  await press("Restore it");
  expect(world().deleted_at).toBeNull();
  expect(screen.queryByText(/in the trash/)).toBeNull();
});

it("in the trash can be read, but not changed: the API refuses every change", async () => {
  await worldPage({ deleted_at: "2026-01-11T12:00:00.000Z", share: null });
  for (const name of ["Edit", "Players", "Favourite"]) expect(screen.queryByRole("button", { name })).toBeNull();
  expect(screen.getByRole("button", { name: "Print" })).toBeTruthy();
  await press("Restore it");
  expect(screen.getByRole("button", { name: "Edit" })).toBeTruthy();
});

it("keeps the focus when the pressed button disappears", async () => {
  await worldPage({ tags: ["old"] });
  const text = document.querySelector<HTMLElement>(".book__text");
  const hasFocus = () => text?.contains(document.activeElement);
  for (const name of ["Edit", /Remove the tag ?old/, "Move to the trash", "Restore it", "Players", "Make a link for players", "Take it back"]) {
    screen.getByRole("button", { name }).focus();
    await press(name);
    expect([name, hasFocus()]).toEqual([name, true]);
  }
});

it("has the focus at the button of the preview again when that ends", async () => {
  await worldPage();
  await press("Players");
  expect(document.activeElement?.textContent).not.toBe("Preview");
  await press("Preview");
  await press("End the preview");
  expect(document.activeElement?.textContent).toBe("Preview");
  for (const mode of ["Read", "Players"]) {
    screen.getByRole("button", { name: mode }).focus();
    await press(mode);
  }
  expect(document.activeElement?.textContent).toBe("Players");
});

it("shows the new text of a rewrite, even if the user has gone back to reading", async () => {
  const { api, world } = await worldPage();
  await press("Edit");
  await press("Rewrite...");
  await press("Rewrite");
  await press("Read");
  const next = { ...world(), story: "It snowed.", version: world().version + 1 };
  api.library.worlds.set(next.id, next);
  act(() => void api.set("job-1", () => completedJob({ world: next }, { type: "rewrite_world" })));
  await pass(5_000);
  expect(part("Story").getByText("It snowed.")).toBeTruthy();
});

it("closes the panel of a rewrite that has failed", async () => {
  const { api } = await worldPage();
  await press("Edit");
  await press("Rewrite...");
  await press("Rewrite");
  act(() => void api.set("job-1", () => failedJob({ type: "rewrite_world" })));
  await pass(5_000);
  expect(screen.getByRole("region", { name: "Rewrite" })).toBeTruthy();
  await press("Rewrite...");
  expect(screen.queryByRole("region", { name: "Rewrite" })).toBeNull();
});
