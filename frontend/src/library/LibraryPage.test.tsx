import { completedJob } from "@loresmith/jobs/testing/fakeJob";
import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { libraryWorld, openLibrary, press, settle } from "../testing/library";
import { pageWorld, pass } from "../testing/world";
import { LibraryPage } from "./LibraryPage";

afterEach(() => {
  vi.useRealTimers();
});

const PIECES = [
  keptPiece({ id: "a", name: "Mara", favourite: true, tags: ["harbour"] }),
  keptPiece({ id: "b", name: "Ilse", canon: true }),
  keptPiece({ id: "c", name: "Low Tarn", kind: "setting", source: null }),
];

function names(): string[] {
  return screen.queryAllByRole("heading", { level: 2 }).map(({ textContent }) => textContent);
}

function open(pieces = PIECES) {
  return libraryWorld(<LibraryPage />, pieces);
}

describe("the list", () => {
  it("shows all pieces, and finds some", async () => {
    await open();
    expect(names()).toEqual(["Mara", "Ilse", "Low Tarn"]);
    fireEvent.change(screen.getByRole("searchbox"), { target: { value: "TARN" } });
    await settle();
    expect(names()).toEqual(["Low Tarn"]);
  });

  it.each([
    ["Favourites", ["Mara"]],
    ["Canon", ["Ilse"]],
  ])("is filtered by %s", async (filter, found) => {
    await open();
    await press(filter);
    expect(names()).toEqual(found);
    await press(filter);
    expect(names()).toHaveLength(3);
  });

  it("is filtered by kind and tag, and says so if nothing matches", async () => {
    await open();
    fireEvent.change(screen.getByRole("combobox", { name: "Kind" }), { target: { value: "setting" } });
    fireEvent.change(screen.getByRole("textbox", { name: "Tag" }), { target: { value: "harbour" } });
    await settle();
    expect(screen.getByText(/^No pieces match/)).toBeDefined();
    await press("Show all pieces");
    expect(names()).toHaveLength(3);
  });

  it("asks the API only when the user stops typing", async () => {
    const { api } = await open();
    const before = api.requests.length;
    for (const text of ["m", "ma", "mar"]) {
      fireEvent.change(screen.getByRole("searchbox"), { target: { value: text } });
      await pass(100);
    }
    await settle();
    expect(api.requests.slice(before).map(({ query }) => query.get("q"))).toEqual(["mar"]);
  });

  it("loads more", async () => {
    const world = await libraryWorld(<LibraryPage />, []);
    world.api.library.add(...PIECES);
    world.api.library.pageSize = 2;
    fireEvent.change(screen.getByRole("combobox", { name: "Order" }), { target: { value: "name" } });
    await settle();
    expect(names()).toHaveLength(2);
    await press("Show more");
    expect(names()).toHaveLength(3);
    expect(screen.queryByRole("button", { name: "Show more" })).toBeNull();
  });

  it("says so if it is empty", async () => {
    await open([]);
    expect(screen.getByText(/^Your library is empty/)).toBeDefined();
  });

  it("offers to try again if the API is down", async () => {
    const { api } = await open();
    api.trouble = { status: 503 };
    await press("Canon");
    await pass(20_000);
    expect(screen.getByRole("alert")).toBeDefined();
    api.trouble = null;
    await press("Try again");
    expect(names()).toEqual(["Ilse"]);
  });
});

it("opens a piece in the list, to edit it there", async () => {
  const { api } = await open();
  await press("Read and edit Mara");
  await press("Edit Name");
  const field = screen.getByRole("textbox", { name: "Name" });
  fireEvent.change(field, { target: { value: "Mira" } });
  fireEvent.keyDown(field, { key: "Enter" });
  await settle();
  expect(api.library.piece("a").name).toBe("Mira");
  await press("Close Mira");
  expect(names()).toContain("Mira");
});

it("adds a piece that the user writes only once, however often it is sent", async () => {
  const { api } = await open();
  await press("Write your own");
  const form = within(screen.getByRole("form", { name: "Write your own" }));
  fireEvent.change(form.getByRole("combobox", { name: "Kind" }), { target: { value: "relic" } });
  fireEvent.change(form.getByRole("textbox", { name: "Name" }), { target: { value: "The bell" } });
  fireEvent.change(form.getByRole("textbox", { name: "Description" }), { target: { value: "It hums." } });
  api.trouble = "network";
  await press("Add to the library");
  api.trouble = null;
  await press("Try again");
  expect(names()).toContain("The bell");
  const sent = api.requests.filter(({ method, path }) => method === "POST" && path === "/pieces").map(({ body }) => body);
  expect(sent).toHaveLength(2);
  expect(sent[0]).toEqual(sent[1]);
  expect(sent[0]).toMatchObject({ kind: "relic", name: "The bell", description: "It hums." });
});

it("shows a piece that was added while the list was first read", async () => {
  const { api } = pageWorld();
  api.readTakesMs = 5_000;
  await openLibrary(api, <LibraryPage />);
  await press("Write your own");
  fireEvent.change(screen.getByRole("textbox", { name: "Name" }), { target: { value: "The bell" } });
  await press("Add to the library");
  await pass(api.readTakesMs);
  await settle();
  expect(names()).toEqual(["The bell"]);
});

it("keeps what the user changes in a piece of their own after an answer was lost", async () => {
  const { api } = await open();
  await press("Write your own");
  const form = within(screen.getByRole("form", { name: "Write your own" }));
  fireEvent.change(form.getByRole("textbox", { name: "Name" }), { target: { value: "The bell" } });
  api.trouble = "network";
  await press("Add to the library");
  api.trouble = null;
  const { id } = api.requests.at(-1)?.body as unknown as { id: string };
  api.library.add(keptPiece({ id, name: "The bell", description: "" }));
  fireEvent.change(form.getByRole("textbox", { name: "Name" }), { target: { value: "The drowned bell" } });
  await press("Add to the library");
  expect(api.library.piece(id).name).toBe("The drowned bell");
});

it("stops looking for pieces when a page of the list cannot be read", async () => {
  const { api } = await open([]);
  api.library.pageSize = 0;
  api.library.add(...PIECES);
  const answer = api.library.answer.bind(api.library);
  vi.spyOn(api.library, "answer").mockImplementation((request) => {
    if (request.query.has("cursor")) api.trouble = { status: 503 };
    return answer(request);
  });
  await press("Canon");
  await pass(20_000);
  const before = api.requests.length;
  await pass(40_000);
  expect(api.requests.length).toBe(before);
  expect(screen.getByRole("alert")).toBeDefined();
});

describe("the trash", () => {
  const deleted = keptPiece({ id: "d", name: "Oda", deleted_at: "2026-01-10T12:00:00.000Z" });

  it("does not show the pieces of the library while it is being read", async () => {
    const { api } = await open();
    api.trouble = "hang";
    await press("Trash");
    expect(screen.queryByText(/is back in the library/)).toBeNull();
    expect(screen.getByText("Loading your pieces...")).toBeDefined();
  });

  it("is emptied although one call deletes only a part", async () => {
    const { api } = await open([...PIECES, ...["x", "y", "z"].map((id) => keptPiece({ id, name: id, deleted_at: "2026-01-10T12:00:00.000Z" }))]);
    api.library.trashLimit = 2;
    await press("Trash");
    await press("Empty trash");
    await press("Delete for good");
    expect(screen.getByText("3 items were deleted for good.")).toBeDefined();
    expect(api.library.pieces.size).toBe(3);
  });

  it("tries again to empty itself", async () => {
    const { api } = await open([deleted]);
    await press("Trash");
    await press("Empty trash");
    api.trouble = { status: 503 };
    await press("Delete for good");
    api.trouble = null;
    await press("Try again");
    expect(api.library.pieces.size).toBe(0);
  });

  it("shows what was deleted, and puts it back", async () => {
    const { api } = await open([...PIECES, deleted]);
    expect(names()).not.toContain("Oda");
    await press("Trash");
    await press("Put back Oda");
    expect(api.library.piece("d").deleted_at).toBeNull();
    expect(screen.getByText("is back in the library.", { exact: false })).toBeDefined();
    await press("Back to the library");
    expect(names()).toContain("Oda");
  });

  it("is emptied for good, after a confirmation", async () => {
    const { api } = await open([...PIECES, deleted]);
    await press("Trash");
    await press("Empty trash");
    await press("Keep it");
    expect(api.library.pieces.has("d")).toBe(true);
    await press("Empty trash");
    await press("Delete for good");
    expect(api.library.pieces.has("d")).toBe(false);
    expect(screen.getByText("One item was deleted for good.")).toBeDefined();
    expect(screen.getByText("The trash is empty.")).toBeDefined();
  });
});

describe("a world made of chosen pieces", () => {
  it("is asked for with their ids, and opens when it is made", async () => {
    const { api } = await open();
    for (const name of ["Select Mara for a world", "Select Low Tarn for a world"]) fireEvent.click(screen.getByRole("checkbox", { name }));
    await press("Make a world");
    fireEvent.change(screen.getByRole("combobox", { name: "Theme" }), { target: { value: "Deep sea" } });
    await settle();
    await press("Create the world");
    expect(api.posts.at(-1)?.body).toMatchObject({ type: "create_world", payload: { theme: "Deep sea", pieces: ["a", "c"] } });
    const result = { world_id: "w", language: "en", title: "Low Tarn", story: "It rained.", quest: { title: "", description: "" }, pieces: {} };
    act(() => void api.set("job-1", () => completedJob(result, { type: "create_world" })));
    await settle();
    expect(window.location.hash).toBe("#/worlds/w");
    window.location.hash = "";
  });

  it("does not take a piece that has just been deleted", async () => {
    await open();
    for (const name of ["Mara", "Ilse"]) fireEvent.click(screen.getByRole("checkbox", { name: `Select ${name} for a world` }));
    await press("Read and edit Mara");
    await press("Delete");
    expect(screen.getByText(/^1 of 5/).textContent).toContain("Ilse");
  });

  it("has at most five pieces", async () => {
    await open(["a", "b", "c", "d", "e", "f"].map((id) => keptPiece({ id, name: id })));
    const boxes = screen.getAllByRole("checkbox");
    for (const box of boxes.slice(0, 5)) fireEvent.click(box);
    expect((boxes[5] as HTMLInputElement).disabled).toBe(true);
    expect(screen.getByText(/^5 of 5/)).toBeDefined();
  });
});
