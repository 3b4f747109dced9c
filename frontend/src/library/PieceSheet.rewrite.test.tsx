import { completedJob } from "@loresmith/jobs/testing/fakeJob";
import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leave, libraryWorld, openLibrary, press, settle, type } from "../testing/library";
import { pass } from "../testing/world";
import { PiecePage } from "./PiecePage";

afterEach(() => {
  vi.useRealTimers();
});

const PAGE = <PiecePage pieceId="piece-1" />;

describe("rewriting", () => {
  async function ask(...locked: string[]) {
    const world = await libraryWorld(PAGE);
    for (const label of locked) await press(`Lock ${label}`);
    await press("Rewrite...");
    return world;
  }

  it("asks for the parts that are not locked, with the instruction, and says what it costs", async () => {
    const { api } = await ask("Name", "Traits", "Stats");
    fireEvent.click(screen.getByRole("checkbox", { name: "Flaw" }));
    fireEvent.change(screen.getByRole("textbox", { name: /^How/ }), { target: { value: "older, one-eyed" } });
    await settle();
    expect(screen.getByText(/^About 10 calls/)).toBeDefined();
    await press("Rewrite");
    const payload = { piece_id: "piece-1", fields: ["description", "concept"], instruction: "older, one-eyed" };
    expect(api.posts.map(({ body }) => body)).toEqual([{ type: "rewrite_piece", payload }]);
  });

  it("remembers the locks", async () => {
    const { api, unmount } = await ask("Name");
    unmount();
    await openLibrary(api, PAGE);
    expect(screen.getByRole("button", { name: "Lock Name" }).getAttribute("aria-pressed")).toBe("true");
  });

  async function rewritten() {
    const world = await ask();
    await press("Rewrite");
    expect(screen.getByRole("progressbar", { name: "Rewriting" })).toBeDefined();
    const { version } = world.api.library.rewrite("piece-1", { description: "One-eyed." });
    const piece = { ...world.api.library.piece(), type: "character" };
    act(() => void world.api.set("job-1", () => completedJob({ piece: { ...piece, version } }, { type: "rewrite_piece" })));
    await settle();
    return world;
  }

  it("shows the text before and after, and can be undone", async () => {
    const { api } = await rewritten();
    const result = within(screen.getByRole("region", { name: "Rewrite" }));
    expect(result.getByText("She keeps the gate.")).toBeDefined();
    expect(result.getByText("One-eyed.")).toBeDefined();
    await press("Undo the rewrite");
    expect(api.library.piece().description).toBe("She keeps the gate.");
  });

  it("is undone alone, although something else was changed since", async () => {
    const { api } = await rewritten();
    await leave(await type("Name", "Mira"));
    await press("Undo the rewrite");
    expect(api.library.piece()).toMatchObject({ name: "Mira", description: "She keeps the gate." });
    await press("Undo");
    expect(api.library.piece().name).toBe("Mara");
  });

  it("shows the new text later if it cannot be read at once", async () => {
    const { api } = await ask();
    await press("Rewrite");
    const piece = { ...api.library.rewrite("piece-1", { description: "One-eyed." }), type: "character" };
    act(() => void api.set("job-1", () => completedJob({ piece }, { type: "rewrite_piece" })));
    api.trouble = { status: 503 };
    await settle();
    api.trouble = null;
    await pass(10_000);
    expect(screen.getByRole("button", { name: "Undo the rewrite" })).toBeDefined();
  });

  it("closes when the new text is kept", async () => {
    const { api } = await rewritten();
    await press("Keep");
    expect(screen.queryByRole("region", { name: "Rewrite" })).toBeNull();
    expect(api.library.piece().description).toBe("One-eyed.");
  });

  it("shows the new text even after a reload during the job", async () => {
    const { api, unmount } = await ask();
    await press("Rewrite");
    unmount();
    const { version } = api.library.rewrite("piece-1", { description: "One-eyed." });
    api.set("job-1", () => completedJob({ piece: { ...api.library.piece(), version } }, { type: "rewrite_piece" }));
    await openLibrary(api, PAGE);
    await settle();
    expect(screen.getByRole("button", { name: "Undo the rewrite" })).toBeDefined();
  });

  it("can be cancelled", async () => {
    const { api } = await ask();
    await press("Rewrite");
    await press("Cancel");
    expect(api.job("job-1").status).toBe("cancelled");
    expect(api.library.piece().version).toBe(1);
  });
});
