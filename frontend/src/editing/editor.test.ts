import type { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { afterEach, describe, expect, it } from "vitest";
import { closePages, editorWorld, later } from "../testing/editorWorld";

afterEach(closePages);

function patches(api: FakeApi) {
  return api.requests.filter(({ method }) => method === "PATCH");
}

describe("an edit", () => {
  it("is shown at once, and saved as a patch of the version that the page knows", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["name"], "Mira");
    expect(now().shown?.name).toBe("Mira");
    expect(now().save.state).toBe("saving");
    await later();
    expect(patches(api)[0]?.body).toEqual({ name: "Mira" });
    expect(patches(api)[0]?.headers.get("If-Match")).toBe('"1"');
    expect(api.library.piece().name).toBe("Mira");
    expect(now().save).toEqual({ state: "saved", isNews: true });
    expect(localStorage.length).toBe(0);
  });

  it("is kept while the user types, and sent when the user has finished", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["name"], "Mi", true);
    editor.change(["name"], "Mira", true);
    await later();
    expect(patches(api)).toEqual([]);
    expect(localStorage.length).toBe(1);
    expect(now().save.state).toBe("typing");
    editor.finish();
    await later();
    expect(patches(api).map(({ body }) => body)).toEqual([{ name: "Mira" }]);
  });

  it("of one score leaves the others alone", async () => {
    const { api, editor } = editorWorld();
    editor.change(["details", "stats"], { health: 80, stress: 4 });
    await later();
    expect(patches(api)[0]?.body).toEqual({ details: { stats: { health: 80 } } });
  });

  it("that follows while another is being saved is saved after it", async () => {
    const { api, editor } = editorWorld();
    editor.change(["name"], "Mira");
    editor.change(["description"], "She left.");
    editor.change(["name"], "Mirabel");
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Mirabel", description: "She left." });
  });

  it("that changes nothing is not sent", async () => {
    const { api, editor } = editorWorld();
    editor.change(["name"], "Mara");
    await later();
    expect(patches(api)).toEqual([]);
  });

  it("back to the old value is not lost, although the new value is still being saved", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["favourite"], true);
    editor.change(["favourite"], false);
    expect(now().shown?.favourite).toBe(false);
    await later();
    expect(api.library.piece().favourite).toBe(false);
    expect(now()).toMatchObject({ save: { state: "saved" }, shown: { favourite: false } });
    expect(localStorage.length).toBe(0);
  });

  it("of a member does not dispute the removal of the whole, which follows at once", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["details", "stats", "health"], 80);
    editor.change(["details", "stats"], undefined);
    await later();
    expect(now().save.state).toBe("saved");
    expect(api.library.piece().details).not.toHaveProperty("stats");
  });

  it("is saved when the page is closed while the user is typing", async () => {
    const { api, editor } = editorWorld();
    editor.change(["name"], "Mira", true);
    window.dispatchEvent(new Event("pagehide"));
    await later();
    expect(api.library.piece().name).toBe("Mira");
  });
});

describe("undo", () => {
  it("takes back one change after the other", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["name"], "Mira");
    await later();
    editor.change(["details", "traits"], ["shy"]);
    await later();
    editor.undo();
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Mira", details: { traits: ["patient", "proud"] } });
    editor.undo();
    await later();
    expect(api.library.piece().name).toBe("Mara");
    expect(now().changedAt).toBeNull();
  });

  it("takes back the last change of all documents", async () => {
    const { api, desk, editor } = editorWorld();
    api.library.add(keptPiece({ id: "piece-2", name: "Ilse" }));
    desk.learn("pieces", [api.library.piece("piece-2")]);
    editor.change(["name"], "Mira");
    await later();
    desk.editor("pieces", "piece-2").change(["name"], "Ilsa");
    await later();
    desk.undo();
    await later();
    expect([api.library.piece().name, api.library.piece("piece-2").name]).toEqual(["Mira", "Ilse"]);
  });

  it("takes back a rewrite, but not what was edited since", async () => {
    const { api, editor } = editorWorld();
    const before = api.library.piece();
    editor.replaced(api.library.rewrite("piece-1", { description: "One-eyed." }), before);
    await later();
    editor.change(["name"], "Mira");
    await later();
    editor.undo();
    editor.undo();
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Mara", description: before.description });
  });

  it("of a change that somebody else has changed again is a conflict", async () => {
    const { api, editor, now } = editorWorld();
    editor.change(["name"], "Mira");
    await later();
    api.library.change("piece-1", { name: "Marla" });
    editor.undo();
    await later();
    expect(now().conflicts).toMatchObject([{ mine: "Mara", theirs: "Marla" }]);
  });
});

describe("a change by somebody else", () => {
  it("of another part disturbs nothing, and neither change is lost", async () => {
    const { api, editor, now } = editorWorld();
    api.library.change("piece-1", { description: "She left." });
    editor.change(["name"], "Mira");
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Mira", description: "She left." });
    expect(now().save.state).toBe("saved");
  });

  it("of the same part is a conflict, and both texts are kept", async () => {
    const { api, editor, now } = editorWorld();
    api.library.change("piece-1", { name: "Marla" });
    editor.change(["name"], "Mira");
    await later();
    expect(now().save.state).toBe("conflict");
    expect(now().conflicts).toMatchObject([{ path: ["name"], base: "Mara", mine: "Mira", theirs: "Marla" }]);
    expect(localStorage.length).toBe(1);
    expect(api.library.piece().name).toBe("Marla");
  });

  it("does not hold back edits of other parts", async () => {
    const { api, editor } = editorWorld();
    api.library.change("piece-1", { name: "Marla" });
    editor.change(["name"], "Mira");
    editor.change(["description"], "She left.");
    await later();
    expect(api.library.piece()).toMatchObject({ name: "Marla", description: "She left." });
  });

  it.each([
    ["mine", "Mira"],
    ["theirs", "Marla"],
    ["both", "Mira Marla"],
  ])("is settled with %s", async (_side, name) => {
    const { api, editor, now } = editorWorld();
    api.library.change("piece-1", { name: "Marla" });
    editor.change(["name"], "Mira");
    await later();
    editor.resolve(["name"], name);
    await later();
    expect(api.library.piece().name).toBe(name);
    expect(now().save.state).toBe("saved");
    expect(localStorage.length).toBe(0);
  });

  it("that was chosen can be undone, since the user's own text is not lost", async () => {
    const { api, editor } = editorWorld();
    api.library.change("piece-1", { name: "Marla" });
    editor.change(["name"], "Mira");
    await later();
    editor.resolve(["name"], "Marla");
    editor.undo();
    await later();
    expect(api.library.piece().name).toBe("Mira");
  });

  it("to the same text is no conflict", async () => {
    const { api, editor, now } = editorWorld();
    api.library.change("piece-1", { name: "Mira" });
    editor.change(["name"], "Mira");
    await later();
    expect(now().save.state).toBe("saved");
    expect(localStorage.length).toBe(0);
  });

  it("is not undone by an answer that comes late", () => {
    const { api, editor, now } = editorWorld();
    const old = api.library.piece();
    api.library.change("piece-1", { name: "Marla" });
    editor.learn(api.library.piece());
    editor.learn(old);
    expect(now().shown?.name).toBe("Marla");
  });
});
