import { keptPiece } from "@loresmith/jobs/testing/fakeLibrary";
import { act, fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { leave, libraryWorld, openLibrary, press, type, settle } from "../testing/library";
import { pass } from "../testing/world";
import { PiecePage } from "./PiecePage";

afterEach(() => {
  vi.useRealTimers();
});

const PAGE = <PiecePage pieceId="piece-1" />;

describe("editing in place", () => {
  it("saves a text when the user leaves its field, and says so", async () => {
    const { api } = await libraryWorld(PAGE);
    await leave(await type("Description", "She left the gate."));
    expect(api.library.piece().description).toBe("She left the gate.");
    expect(screen.queryByRole("textbox", { name: "Description" })).toBeNull();
    expect(screen.getByText("Saved")).toBeDefined();
  });

  it("saves one line with Enter, and gives the focus back to its button", async () => {
    const { api } = await libraryWorld(PAGE);
    fireEvent.keyDown(await type("Name", "Mira"), { key: "Enter" });
    await settle();
    expect(api.library.piece().name).toBe("Mira");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Edit Name" }));
  });

  it("saves with Ctrl+S, and stays in the field", async () => {
    const { api } = await libraryWorld(PAGE);
    const field = await type("Description", "She left.");
    expect(fireEvent.keyDown(field, { key: "s", ctrlKey: true })).toBe(false);
    await settle();
    expect(api.library.piece().description).toBe("She left.");
    expect(screen.getByRole("textbox", { name: "Description" })).toBe(field);
  });

  it("forgets what was typed with Escape", async () => {
    const { api } = await libraryWorld(PAGE);
    fireEvent.keyDown(await type("Name", "Mira"), { key: "Escape" });
    await settle();
    expect(screen.getByRole("heading", { name: "Mara" })).toBeDefined();
    expect(api.requests.filter(({ method }) => method === "PATCH")).toEqual([]);
    expect(localStorage.length).toBe(0);
  });

  it("keeps what somebody else has saved in the meantime if nothing was typed", async () => {
    const { api, desk } = await libraryWorld(PAGE);
    for (const key of ["Escape", "Enter"]) {
      await press("Edit Name");
      api.library.change("piece-1", { name: `Marla ${key}` });
      act(() => desk.learn("pieces", [api.library.piece()]));
      fireEvent.keyDown(screen.getByRole("textbox", { name: "Name" }), { key });
      await settle();
      expect(api.library.piece().name).toBe(`Marla ${key}`);
    }
  });

  it("saves what was typed if the page changes before the user leaves the field", async () => {
    const { api, unmount } = await libraryWorld(PAGE);
    await type("Description", "She left.");
    unmount();
    await settle();
    expect(api.library.piece().description).toBe("She left.");
  });

  it("keeps the field while a short text becomes long, and the type of a list that is emptied", async () => {
    const numbers = keptPiece({ details: { concept: "Gatekeeper", years: [1, 2] } });
    const { api } = await libraryWorld(PAGE, [numbers]);
    const field = await type("Concept", "long ".repeat(20));
    expect(screen.getByRole("textbox", { name: "Concept" })).toBe(field);
    await leave(field);
    const years = await type("Years", "");
    fireEvent.change(years, { target: { value: "5" } });
    await leave(years);
    expect(api.library.piece().details.years).toEqual([5]);
  });

  it("does not save the last letter of a name that is cleared", async () => {
    const { api } = await libraryWorld(PAGE);
    const field = await type("Name", "M");
    fireEvent.change(field, { target: { value: "" } });
    window.dispatchEvent(new Event("pagehide"));
    await settle();
    expect(api.library.piece().name).toBe("Mara");
  });

  it("edits a list as lines, a number as a number, and a member of an object", async () => {
    const { api } = await libraryWorld(PAGE);
    await leave(await type("Traits", "shy\n\n loud "));
    await leave(await type("Stats: Health", "80"));
    await leave(await type("Flaw: Name", "Doubt"));
    expect(api.library.piece().details).toMatchObject({ traits: ["shy", "loud"], stats: { health: 80, stress: 4 }, flaw: { name: "Doubt" } });
  });

  it("does not save an invalid number or an empty name", async () => {
    const { api } = await libraryWorld(PAGE);
    fireEvent.keyDown(await type("Stats: Health", "many"), { key: "Enter" });
    expect(screen.getByText("Enter a number.")).toBeDefined();
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Stats: Health" }), { key: "Escape" });
    fireEvent.keyDown(await type("Name", " "), { key: "Enter" });
    expect(screen.getByText("This cannot be empty.")).toBeDefined();
    await settle();
    expect(api.requests.filter(({ method }) => method === "PATCH")).toEqual([]);
  });

  it("takes back the last change with Ctrl+Z, but not in a text field", async () => {
    const { api } = await libraryWorld(PAGE);
    await leave(await type("Name", "Mira"));
    fireEvent.keyDown(await type("Description", "She left."), { key: "z", ctrlKey: true });
    await settle();
    expect(api.library.piece().name).toBe("Mira");
    fireEvent.keyDown(screen.getByRole("textbox", { name: "Description" }), { key: "Escape" });
    fireEvent.keyDown(document.body, { key: "z", ctrlKey: true });
    await settle();
    expect(api.library.piece().name).toBe("Mara");
  });

  it("moves the focus into the form of a new detail, and back", async () => {
    await libraryWorld(PAGE);
    await press("Add a detail");
    expect(document.activeElement).toBe(screen.getByRole("combobox", { name: "Name of the detail" }));
    await press("Cancel");
    expect(document.activeElement).toBe(screen.getByRole("button", { name: "Add a detail" }));
  });

  it("adds a detail, and removes it again", async () => {
    const { api } = await libraryWorld(PAGE);
    await press("Add a detail");
    fireEvent.change(screen.getByRole("combobox", { name: "Name of the detail" }), { target: { value: "Favourite song" } });
    fireEvent.change(screen.getByRole("textbox", { name: "Text" }), { target: { value: "The long road" } });
    await press("Add");
    expect(api.library.piece().details.favourite_song).toBe("The long road");
    await press("Remove Favourite song");
    expect(api.library.piece().details).not.toHaveProperty("favourite_song");
  });

  it("sets the marks", async () => {
    const { api } = await libraryWorld(PAGE);
    await press("Favourite: Mara");
    fireEvent.click(screen.getByRole("checkbox", { name: /^Canon/ }));
    await leave(await type("Tags", "harbour\nguild"));
    expect(api.library.piece()).toMatchObject({ favourite: true, canon: true, tags: ["harbour", "guild"] });
    expect(screen.getByRole("button", { name: "Favourite: Mara" }).getAttribute("aria-pressed")).toBe("true");
  });
});

describe("while offline", () => {
  it("an edit says so, survives a reload, and is saved when the browser is online again", async () => {
    const { api, presence, unmount } = await libraryWorld(PAGE);
    api.trouble = "network";
    act(() => presence.become("offline"));
    await leave(await type("Name", "Mira"));
    expect(screen.getByText(/^Not saved yet: you are offline/)).toBeDefined();
    unmount();
    api.trouble = null;
    await openLibrary(api, PAGE);
    expect(api.library.piece().name).toBe("Mira");
    expect(screen.getByRole("heading", { name: "Mira" })).toBeDefined();
  });
});

describe("two people who edit the same text", () => {
  async function conflict() {
    const world = await libraryWorld(PAGE);
    world.api.library.change("piece-1", { description: "She keeps the well." });
    await leave(await type("Description", "She keeps the tower."));
    await press("Choose");
    return world;
  }

  it.each([
    ["Yours", "She keeps the tower."],
    ["Theirs", "She keeps the well."],
  ])("choose one: %s", async (side, text) => {
    const { api } = await conflict();
    const dialog = within(screen.getByRole("dialog"));
    expect(dialog.getByText("She keeps the tower.", { selector: "p" })).toBeDefined();
    expect(dialog.getByText("She keeps the well.", { selector: "p" })).toBeDefined();
    fireEvent.click(dialog.getByRole("radio", { name: side }));
    await press("Save my choice");
    expect(api.library.piece().description).toBe(text);
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("or combine both", async () => {
    const { api } = await conflict();
    const combined = screen.getByRole("textbox", { name: "Combined text" });
    expect((combined as HTMLTextAreaElement).value).toContain("tower");
    expect((combined as HTMLTextAreaElement).value).toContain("well");
    fireEvent.change(combined, { target: { value: "She keeps the tower and the well." } });
    await press("Save my choice");
    expect(api.library.piece().description).toBe("She keeps the tower and the well.");
  });

  it("are not asked again by themselves if the conflict ends otherwise and another one follows", async () => {
    const { api, desk } = await conflict();
    for (const description of ["She keeps the tower.", "She keeps the well."]) {
      api.library.change("piece-1", { description });
      act(() => desk.learn("pieces", [api.library.piece()]));
      await settle();
    }
    expect(screen.queryByRole("dialog")).toBeNull();
    api.library.change("piece-1", { name: "Marla" });
    await leave(await type("Name", "Mira"));
    expect(screen.getByRole("button", { name: "Choose" })).toBeDefined();
    expect(screen.queryByRole("dialog")).toBeNull();
  });

  it("or decide later, and nothing is lost", async () => {
    const { api } = await conflict();
    await press("Decide later");
    expect(screen.getByText(/Both texts are kept/)).toBeDefined();
    expect(api.library.piece().description).toBe("She keeps the well.");
  });
});

describe("versions", () => {
  it("are compared and restored, and that can be undone", async () => {
    const { api } = await libraryWorld(PAGE);
    await leave(await type("Name", "Mira"));
    await press("Versions");
    expect(screen.getByText(/^Now: You/)).toBeDefined();
    await press(/^Compare the version by small-model/);
    expect(within(screen.getByRole("dialog")).getByText("Mara")).toBeDefined();
    await press(/^Restore the version by small-model/);
    expect(api.library.piece().name).toBe("Mara");
    await press("Undo");
    expect(api.library.piece().name).toBe("Mira");
  });
});

it("goes to the trash and back", async () => {
  const { api } = await libraryWorld(PAGE);
  await press("Delete");
  expect(api.library.piece().deleted_at).not.toBeNull();
  await press("Put back");
  expect(api.library.piece().deleted_at).toBeNull();
  expect(screen.getByRole("heading", { name: "Mara" })).toBeDefined();
});

it("becomes the pick of its kind in the world that is being made", async () => {
  const { drafts } = await libraryWorld(PAGE);
  await press("Use in the new world");
  const { cards, picked } = drafts.get().choices.character ?? { cards: [], picked: null };
  expect(cards).toMatchObject([{ id: "library:piece-1", piece: { name: "Mara", type: "character" } }]);
  expect(picked).toBe("library:piece-1");
});

it("says so if the piece does not exist", async () => {
  await libraryWorld(<PiecePage pieceId="piece-9" />);
  await pass(10_000);
  expect(screen.getByRole("alert").textContent).toContain("Nothing with this id exists.");
});
