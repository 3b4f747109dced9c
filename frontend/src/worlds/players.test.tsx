import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { newPage, pass } from "../testing/world";
import { part, press, worldPage } from "../testing/worldPage";
import { SharedPage } from "../shared/SharedPage";

afterEach(() => vi.useRealTimers());

async function openShared(api: FakeApi, token: string) {
  const { wrapper } = newPage(api);
  const { container, unmount } = render(<SharedPage token={token} />, { wrapper });
  // Long enough for the tries that follow a refusal.
  await pass(10_000);
  return { container, unmount };
}

/** What is on the page to read, without the words of its buttons. */
function readText(root: ParentNode): string | undefined {
  return root.querySelector(".book__text")?.textContent;
}

describe("marking for players", () => {
  it("shows and hides a whole part", async () => {
    const { world } = await worldPage();
    await press("Players");
    await press("Show Story to players: Hidden");
    await press("Show Mara Quill to players: Hidden");
    expect(world().for_players).toEqual(["story", "pieces.character"]);
    expect(screen.getByText("Players see 2 of 4 parts.")).toBeTruthy();
    await press("Show Story to players: Players see it");
    expect(world().for_players).toEqual(["pieces.character"]);
  });

  it("shows single fields of a piece", async () => {
    const { world } = await worldPage({ for_players: ["pieces.character"] });
    await press("Players");
    fireEvent.click(part("Mara Quill").getByLabelText(/^Debt/));
    await pass(100);
    expect(world().for_players).toEqual(["pieces.character.name", "pieces.character.description", "pieces.character.concept"]);
    expect(screen.getByText("Players see 1 of 4 parts, 1 of them not whole.")).toBeTruthy();
  });
});

describe("the link for players", () => {
  it("shows what the preview shows, and nothing else", async () => {
    const { api, world } = await worldPage({ for_players: ["quest", "pieces.character.name", "pieces.character.concept"] });
    await press("Players");
    await press("Make a link for players");
    await press("Preview");
    const preview = readText(document);
    const { container } = await openShared(api, world().share?.token ?? "");
    expect(readText(container)).toBe(preview);
    expect(preview).toContain("A clerk");
    expect(preview).not.toMatch(/It rained|ledger|burnt|Salt Court/);
  });

  it("shows nothing, in words, once it is taken back", async () => {
    const { api, world } = await worldPage();
    await press("Players");
    await press("Make a link for players");
    const token = world().share?.token ?? "";
    expect(screen.getByLabelText<HTMLInputElement>(/^Link for players/).value).toMatch(`#/shared/${token}`);
    await press("Take it back");
    expect(world().share).toBeNull();
    expect(screen.getByRole("button", { name: "Make a link for players" })).toBeTruthy();
    await openShared(api, token);
    expect(screen.getByText(/has taken it back/)).toBeTruthy();
  });

  it("shows nothing any more in a window that was open when it was taken back", async () => {
    const { api, world } = await worldPage({ for_players: ["story"] });
    await press("Players");
    await press("Make a link for players");
    const { container } = await openShared(api, world().share?.token ?? "");
    expect(readText(container)).toContain("It rained");
    await press("Take it back");
    act(() => void window.dispatchEvent(new Event("visibilitychange")));
    await pass(10_000);
    expect(container.textContent).toContain("has taken it back");
    expect(container.textContent).not.toContain("It rained");
  });

  it("leads to a page that search engines do not list, and that has no way to change the world", async () => {
    const { api, world } = await worldPage({ for_players: ["story"] });
    await press("Players");
    await press("Make a link for players");
    document.body.replaceChildren();
    const { container, unmount } = await openShared(api, world().share?.token ?? "");
    const meta = (name: string) => document.head.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content;
    expect([meta("robots"), meta("referrer")]).toEqual(["noindex, nofollow", "no-referrer"]);
    expect(container.querySelectorAll(".book__text input, .book__text textarea")).toHaveLength(0);
    expect(screen.queryByRole("button", { name: /Edit|Players|Export|Make|trash/ })).toBeNull();
    unmount();
    expect(meta("robots")).toBeUndefined();
  });
});

it.each([
  ["a token warns that players get it too", null, 1],
  ["no token has nothing to warn of", "web", 0],
])("a page with %s", async (_, owner, count) => {
  await worldPage({}, owner);
  await press("Players");
  expect(screen.queryAllByText(/This page has a token/)).toHaveLength(count);
});

it("an export asks for the chosen format and view", async () => {
  const { api } = await worldPage();
  URL.createObjectURL = () => "blob:test";
  URL.revokeObjectURL = () => undefined;
  vi.spyOn(HTMLAnchorElement.prototype, "click").mockReturnValue();
  await press("Export");
  fireEvent.click(screen.getByLabelText("What players may see"));
  await press(/^Obsidian/);
  const [request] = api.requests.filter(({ path }) => path.endsWith("/export"));
  expect(Object.fromEntries(request?.query ?? [])).toEqual({ format: "obsidian", view: "players" });
  expect(screen.getByText("Downloaded low-tarn.zip.")).toBeTruthy();
});

it("an export that fails says why", async () => {
  const { api } = await worldPage();
  await press("Export");
  api.trouble = "network";
  await press(/^Markdown/);
  expect(screen.getByRole("alert").textContent).toMatch(/cannot be reached/);
});
