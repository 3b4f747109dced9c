import { watchOf } from "@loresmith/jobs/core";
import { completedJob, failedJob, piece, processingJob, savedWorld } from "@loresmith/jobs/testing/fakeJob";
import { act, fireEvent, render, screen } from "@testing-library/react";
import { readFileSync } from "node:fs";
import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { click, write } from "../testing/wizard";
import { pageWorld, pass } from "../testing/world";
import { App } from "./App";
import { Placeholder } from "./Placeholder";

// A page whose module is already downloaded opens at once.
beforeAll(() => Promise.all([import("../wizard/WizardPage"), import("../jobList/JobsPage"), import("../worlds/WorldsPage")]));

beforeEach(() => {
  vi.spyOn(window, "scrollTo").mockReturnValue();
  go("#/");
});

afterEach(() => {
  vi.useRealTimers();
});

function go(hash: string): void {
  window.history.replaceState(null, "", hash);
  window.dispatchEvent(new HashChangeEvent("hashchange"));
}

async function visit(hash: string): Promise<void> {
  act(() => go(hash));
  await pass(100);
}

async function open() {
  const { api, presence, wrapper: Page, client } = pageWorld();
  render(
    <Page>
      <DraftProvider store={createDraftStore(localStorage, window)}>
        <App storage={localStorage} />
      </DraftProvider>
    </Page>,
  );
  await pass(100);
  return { api, presence, client };
}

function runningLink(): HTMLElement | null {
  return screen.queryByRole("link", { name: /running/ });
}

describe("jobs in the background", () => {
  it("are shown in the header and in the title of every page, with the way back to them", async () => {
    const { api } = await open();
    await click("Write three characters");
    await visit("#/worlds");
    act(() => void api.set("job-1", () => processingJob({ progress: 60 })));
    await pass(4_000);
    expect(screen.getByRole("link", { name: /^3 jobs running, ?20% ?done. Back to your world$/ })).toBeDefined();
    expect(runningLink()?.getAttribute("href")).toBe("#/");
    expect(document.title).toBe("(20%) Worlds · LoreSmith");
  });

  it("say when they have ended, and lead to the cards", async () => {
    const { api } = await open();
    await click("Write three characters");
    await visit("#/worlds");
    await write(api, "job-2", ["Salters", "Gulls"]);
    await pass(4_000);
    expect(screen.getByText("2 factions ready.", { exact: false })).toBeDefined();
    fireEvent.click(screen.getByRole("link", { name: "Pick one" }));
    await visit("#/");
    expect(screen.getByRole("heading", { level: 1 }).textContent).toBe("Factions");
    expect(screen.queryByText("2 factions ready.", { exact: false })).toBeNull();
  });

  it("say that they have failed", async () => {
    const { api, client } = await open();
    await visit("#/worlds");
    act(() => watchOf(client).learn(api.add(processingJob({ id: "a" }))));
    await pass(100);
    expect(runningLink()?.getAttribute("href")).toBe("#/jobs");
    act(() => void api.set("a", () => failedJob()));
    await pass(4_000);
    expect(screen.getByText("Failed: Generate characters.", { exact: false })).toBeDefined();
    expect(runningLink()).toBeNull();
  });

  it("are not mentioned on the page that shows what they have written", async () => {
    const { api, client } = await open();
    await visit("#/worlds");
    act(() => watchOf(client).learn(api.add(processingJob({ id: "a", type: "create_world" }))));
    const { id: world_id, language, title, story, quest } = savedWorld({});
    const result = { world_id, language, title, story, quest, pieces: {} };
    act(() => void api.set("a", () => completedJob(result, { id: "a", type: "create_world" })));
    await pass(4_000);
    expect(screen.getByText("Your world is ready.", { exact: false })).toBeDefined();
    await visit(screen.getByRole("link", { name: "Read it" }).getAttribute("href") ?? "");
    expect(screen.queryByText("Your world is ready.", { exact: false })).toBeNull();
    await visit("#/worlds");
    expect(screen.queryByText("Your world is ready.", { exact: false })).toBeNull();
  });

  it("are not mentioned if they ended before the page saw them", async () => {
    const { api, client } = await open();
    await visit("#/worlds");
    act(() => watchOf(client).learn(api.add(completedJob([piece("Mara")], { id: "a" }))));
    await pass(4_000);
    expect(runningLink()).toBeNull();
    expect(screen.queryByText(/ready/)).toBeNull();
  });
});

describe("a hidden window", () => {
  it("shows in its title how the jobs go, and that one is ready", async () => {
    const { api, presence } = await open();
    await click("Write three characters");
    vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    act(() => presence.become("hidden"));
    for (const id of ["job-1", "job-2", "job-3"]) act(() => void api.set(id, () => processingJob({ progress: 60 })));
    await pass(11_000);
    expect(document.title).toBe("(60%) New world · LoreSmith");
    for (const id of ["job-1", "job-2", "job-3"]) await write(api, id, ["Mara"]);
    await pass(11_000);
    expect(document.title).toBe("(Ready) New world · LoreSmith");
    vi.spyOn(document, "hidden", "get").mockReturnValue(false);
    act(() => void document.dispatchEvent(new Event("visibilitychange")));
    expect(document.title).toBe("New world · LoreSmith");
  });
});

describe("the focus", () => {
  it("starts before the header when the page is loaded", async () => {
    await open();
    expect(document.activeElement).toBe(document.body);
  });

  it("goes to a page that the user opens, even to the wizard", async () => {
    await open();
    for (const hash of ["#/jobs", "#/"]) {
      act(() => (document.activeElement as HTMLElement).blur());
      await visit(hash);
      expect(document.activeElement?.id).toBe("content");
    }
  });
});

it("shows the same heading before any script runs as after", () => {
  const html = new DOMParser().parseFromString(readFileSync("index.html", "utf8"), "text/html");
  const { container } = render(<Placeholder hash="" />);
  const textOf = (root: ParentNode) => [...root.querySelectorAll(".step-top *")].map(({ outerHTML }) => outerHTML.replace(/\s*\n\s*/g, ""));
  expect(textOf(html)).toEqual(textOf(container));
});
