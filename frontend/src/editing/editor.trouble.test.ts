import { afterEach, describe, expect, it, vi } from "vitest";
import { closePages, editorWorld, later, openPage } from "../testing/editorWorld";

afterEach(closePages);

describe("without a connection", () => {
  it("an edit waits, and is sent when the browser is online again", async () => {
    const { api, editor, presence, now } = editorWorld();
    api.trouble = "network";
    presence.become("offline");
    editor.change(["name"], "Mira");
    await later();
    expect(now().save.state).toBe("offline");
    api.trouble = null;
    presence.become("active");
    await later();
    expect(api.library.piece().name).toBe("Mira");
  });

  it("an edit is sent again until the API answers", async () => {
    const { api, editor, now } = editorWorld();
    api.trouble = { status: 503 };
    editor.change(["name"], "Mira");
    await later();
    expect(now().save.state).toBe("waiting");
    api.trouble = null;
    await later(20_000);
    expect(now().save.state).toBe("saved");
    expect(api.library.piece().name).toBe("Mira");
  });

  it.each(["Mirabel", "Mara"])("an edit whose answer was lost is no conflict with the next one: %s", async (name) => {
    const { api, editor, now } = editorWorld();
    api.trouble = "network";
    editor.change(["name"], "Mira");
    await later();
    api.library.change("piece-1", { name: "Mira" });
    api.trouble = null;
    editor.change(["name"], name);
    await later(20_000);
    expect(now().save.state).toBe("saved");
    expect(api.library.piece().name).toBe(name);
  });

  it("an edit survives the page, and the next page sends it, whichever it is", async () => {
    const { api, editor, stop } = editorWorld();
    api.trouble = "network";
    editor.change(["name"], "Mira");
    editor.change(["description"], "She left.", true);
    await later();
    window.dispatchEvent(new Event("pagehide"));
    stop();
    await later(20_000);
    api.trouble = null;
    openPage(api);
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Mira", description: "She left." });
    expect(localStorage.length).toBe(0);
  });

  it("an edit of an earlier page is a conflict if somebody else was faster", async () => {
    const { api, editor, stop } = editorWorld();
    api.trouble = "network";
    editor.change(["name"], "Mira");
    await later();
    stop();
    api.trouble = null;
    api.library.change("piece-1", { name: "Marla" });
    const { now } = openPage(api);
    await later();
    expect(now().conflicts).toMatchObject([{ mine: "Mira", theirs: "Marla" }]);
  });

  it("what another tab is typing is left alone, but not if that tab has ended long ago", async () => {
    const { api, editor, stop } = editorWorld();
    editor.change(["name"], "Mir", true);
    stop();
    openPage(api).stop();
    await later();
    expect(api.library.piece().name).toBe("Mara");
    await later(60_000);
    openPage(api);
    await later();
    expect(api.library.piece().name).toBe("Mir");
  });
});

describe("a refused edit", () => {
  it("says why, stays, and does not hold back the others", async () => {
    const { api, editor, now } = editorWorld();
    api.library.faults = [{ field: "name", message: "must have at most 120 characters" }];
    editor.change(["name"], "M".repeat(200), true);
    editor.change(["description"], "She left.", true);
    editor.finish();
    await later();
    expect(now().faults.get('["name"]')).toBe("This must have at most 120 characters.");
    expect(now().shown?.name).toHaveLength(200);
    expect(api.library.piece()).toMatchObject({ name: "Mara", description: "She left." });
    editor.change(["name"], "Mira");
    await later();
    expect(api.library.piece().name).toBe("Mira");
    expect(now().faults.size).toBe(0);
  });

  it("that the user has taken back in the meantime leaves nothing behind", async () => {
    const { api, editor, now } = editorWorld();
    api.library.faults = [{ field: "name", message: "must have at most 120 characters" }];
    editor.change(["name"], "M".repeat(200));
    editor.change(["name"], "Mara");
    await later();
    expect(now()).toMatchObject({ save: { state: "saved" }, shown: { name: "Mara" } });
    expect(localStorage.length).toBe(0);
  });

  it("that the user has corrected in the meantime is sent again", async () => {
    const { api, editor, now } = editorWorld();
    api.library.faults = [{ field: "name", message: "must have at most 120 characters" }];
    editor.change(["name"], "M".repeat(200));
    editor.change(["name"], "Mira");
    await later();
    expect(api.library.piece().name).toBe("Mira");
    expect(now().save.state).toBe("saved");
  });

  it("is kept if the document is gone", async () => {
    const { api, editor, now } = editorWorld();
    api.library.pieces.clear();
    editor.change(["name"], "Mira");
    await later();
    expect(now().save).toEqual({ state: "refused", reason: "Nothing with this id exists." });
    expect(localStorage.length).toBe(1);
  });
});

it("warns if the browser does not store the text", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  const { api, editor, now } = editorWorld();
  api.trouble = "network";
  editor.change(["name"], "Mira");
  await later();
  expect(now()).toMatchObject({ isStored: false, shown: { name: "Mira" } });
});
