import { piece } from "@loresmith/jobs/testing/fakeJob";
import { keptWorld } from "@loresmith/jobs/testing/fakeSharing";
import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { pageWorld, pass } from "../testing/world";
import { WorldsPage } from "./WorldsPage";

afterEach(() => vi.useRealTimers());

async function worldsPage(...worlds: ReturnType<typeof keptWorld>[]) {
  const { api, wrapper } = pageWorld();
  for (const world of worlds) api.library.worlds.set(world.id, world);
  render(<WorldsPage />, { wrapper });
  await pass(500);
  return api;
}

async function press(name: string | RegExp) {
  fireEvent.click(screen.getByRole("button", { name }));
  // The page waits for a moment, then asks the API.
  await pass(400);
  await pass(100);
}

const TARN = keptWorld({ character: piece("Mara") }, { id: "a", title: "Low Tarn", tags: ["campaign"] });
const ROW = keptWorld({}, { id: "b", title: "Kestrel Row", favourite: true });
const GONE = keptWorld({}, { id: "c", title: "Ashfall", deleted_at: "2026-01-11T12:00:00.000Z" });

function titles(): string[] {
  return screen.queryAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent);
}

it("lists the worlds, and leads to them", async () => {
  await worldsPage(TARN, ROW, GONE);
  expect(titles()).toEqual(["Low Tarn", "Kestrel Row"]);
  expect(screen.getByRole("link", { name: "Low Tarn" }).getAttribute("href")).toBe("#/worlds/a");
});

it("shows only favourites, or only those with a tag", async () => {
  await worldsPage(TARN, ROW);
  await press("Favourites");
  expect(titles()).toEqual(["Kestrel Row"]);
  await press("Favourites");
  await press("campaign");
  expect(titles()).toEqual(["Low Tarn"]);
});

it("asks the API once for what is typed, not at each key", async () => {
  const api = await worldsPage(TARN, ROW);
  const before = api.requests.length;
  for (const value of ["r", "ro", "row"]) {
    fireEvent.change(screen.getByRole("searchbox"), { target: { value } });
    await pass(50);
  }
  await pass(500);
  expect(api.requests.slice(before).map(({ query }) => query.get("q"))).toEqual(["row"]);
});

it("restores a world from the trash", async () => {
  const api = await worldsPage(TARN, GONE);
  await press("Trash");
  await press(/Restore ?Ashfall/);
  expect(api.library.worlds.get("c")?.deleted_at).toBeNull();
  expect(screen.getByText("The trash has no worlds.")).toBeTruthy();
});

it("never shows the worlds of the last search as those in the trash", async () => {
  const api = await worldsPage(TARN);
  api.trouble = "hang";
  await press("Trash");
  expect(screen.queryByRole("button", { name: /Restore/ })).toBeNull();
  expect(screen.queryByText(/is deleted for good/)).toBeNull();
  expect(screen.getByText(/Loading/)).toBeTruthy();
});

it("does not say that there are no worlds before the API has said so", async () => {
  const api = await worldsPage(TARN);
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "dragon" } });
  api.library.worlds.clear();
  await pass(400);
  await pass(100);
  expect(screen.getByText(/No world matches/)).toBeTruthy();
  api.trouble = "hang";
  fireEvent.change(screen.getByRole("searchbox"), { target: { value: "" } });
  await pass(500);
  expect(screen.queryByText(/No worlds yet/)).toBeNull();
});

it("asks no more by itself once the next page cannot be read", async () => {
  const api = await worldsPage(TARN);
  const list = vi.spyOn(api.library, "answer");
  list.mockImplementation(({ query }) => {
    if (!query.has("cursor")) return { status: 200, body: { worlds: [], next_cursor: "1" } };
    return { status: 400, body: { type: "urn:bad", title: "bad", status: 400, detail: "Bad.", code: "invalid_request", retryable: false } };
  });
  await press("Favourites");
  await pass(20_000);
  const before = api.requests.length;
  await pass(60_000);
  expect(api.requests.length).toBe(before);
  expect(screen.getByRole("alert").textContent).toContain("Bad.");
});

it("keeps the focus when a filter or a restored world disappears", async () => {
  await worldsPage(TARN, GONE);
  for (const name of ["campaign", /Only with the tag/, "Trash", /Restore ?Ashfall/]) {
    screen.getByRole("button", { name }).focus();
    await press(name);
    expect([name, document.activeElement === document.body]).toEqual([name, false]);
  }
});

it("says so if there is no world, and if none matches", async () => {
  await worldsPage();
  expect(screen.getByText(/No worlds yet/)).toBeTruthy();
  await press("Favourites");
  expect(screen.getByText(/No world matches/)).toBeTruthy();
});
