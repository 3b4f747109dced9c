import type { JobRecord, UsageOfDay } from "@loresmith/jobs/library";
import { fireEvent, screen, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { libraryWorld, openLibrary, settle } from "../testing/library";
import { daysOf, periodOf } from "./period";
import { HistoryPage } from "./HistoryPage";
import { byDay, byType } from "./usage";

afterEach(() => {
  vi.useRealTimers();
});

const USAGE = { llm_calls: 4, prompt_tokens: 900, completion_tokens: 100, estimated_cost_usd: 0.002 };

function record(fields: Partial<JobRecord>): JobRecord {
  return {
    id: "job-1",
    type: "generate_characters",
    status: "completed",
    error_code: null,
    attempts: 1,
    retry_of: null,
    usage: USAGE,
    model: "small-model",
    summary: { theme: "fantasy", count: 2 },
    made: ["a", "b"],
    names: ["Mara", "Ilse"],
    created_at: "2026-01-10T12:00:00.000Z",
    started_at: "2026-01-10T12:00:00.000Z",
    ended_at: "2026-01-10T12:01:00.000Z",
    ...fields,
  };
}

function day(fields: Partial<UsageOfDay>): UsageOfDay {
  return { day: "2026-01-10", type: "generate_characters", jobs: 1, failed: 0, cancelled: 0, ...USAGE, ...fields };
}

const RECORDS = [
  record({}),
  record({ id: "job-2", type: "create_world", made: ["w"], names: ["Low Tarn"] }),
  record({ id: "job-3", status: "failed", error_code: "provider_timeout", made: [], names: [] }),
];

async function open() {
  const { api, unmount } = await libraryWorld(null, []);
  unmount();
  api.library.history = RECORDS;
  const { from, to } = periodOf("month", new Date());
  const days = [day({ day: from }), day({ day: to, failed: 1 }), day({ day: to, type: "create_world" })];
  api.library.usage = { from, to, days, total: { ...USAGE, jobs: 3, failed: 1, cancelled: 0 } };
  await openLibrary(api, <HistoryPage />);
  return { api };
}

function row(text: string): HTMLElement {
  const [found] = screen.getAllByRole("listitem").filter(({ className, textContent }) => className === "record" && textContent.includes(text));
  if (!found) throw new Error(`No row says ${text}.`);
  return found;
}

describe("the list", () => {
  it("links to what a job has made, and says what it cost", async () => {
    await open();
    const [link] = within(row("Mara")).getAllByRole("link");
    expect(link?.getAttribute("href")).toBe("#/library/a");
    expect(row("Mara").textContent).toContain("4 calls, 1,000 tokens, $0.002 · small-model");
    expect(row("Mara").textContent).toContain("Fantasy, 2 pieces");
    expect(within(row("Low Tarn")).getByRole("link").getAttribute("href")).toBe("#/worlds/w");
  });

  it("says in words why a job failed", async () => {
    await open();
    expect(row("Failed").textContent).toContain("The language model did not answer in time.");
  });

  it("is filtered by type, outcome and period", async () => {
    const { api } = await open();
    fireEvent.change(screen.getByRole("combobox", { name: "Job type" }), { target: { value: "create_world" } });
    fireEvent.change(screen.getByRole("combobox", { name: "Outcome" }), { target: { value: "failed" } });
    fireEvent.change(screen.getByRole("combobox", { name: "Period" }), { target: { value: "week" } });
    await settle();
    const last = api.requests.filter(({ path }) => path === "/history").at(-1)?.query;
    const { from, to } = periodOf("week", new Date());
    expect(Object.fromEntries(last ?? [])).toEqual({ type: "create_world", status: "failed", from, to, limit: "25" });
  });

  it("says so if it is empty", async () => {
    const { api } = await open();
    api.library.history = [];
    fireEvent.change(screen.getByRole("combobox", { name: "Period" }), { target: { value: "year" } });
    await settle();
    expect(screen.getByRole("link", { name: "Running jobs" }).parentElement?.textContent).toMatch(/^No jobs ended in this period\./);
  });
});

it("says that no job matches if there are filters besides the period", async () => {
  const { api } = await open();
  api.library.history = [];
  fireEvent.change(screen.getByRole("combobox", { name: "Outcome" }), { target: { value: "failed" } });
  await settle();
  expect(screen.getByText("No job of this period matches. Change the filters above.")).toBeDefined();
});

it("asks no more by itself once older jobs cannot be read", async () => {
  const { api } = await open();
  vi.spyOn(api.library, "answer").mockImplementation(({ query }) => {
    if (!query.has("cursor")) return { status: 200, body: { jobs: [], next_cursor: "1" } };
    return { status: 400, body: { type: "urn:bad", title: "bad", status: 400, detail: "Bad.", code: "invalid_request", retryable: false } };
  });
  fireEvent.change(screen.getByRole("combobox", { name: "Outcome" }), { target: { value: "failed" } });
  for (let round = 0; round < 20; round += 1) await settle();
  const before = api.requests.length;
  for (let round = 0; round < 20; round += 1) await settle();
  expect(api.requests.length).toBe(before);
});

describe("the chart", () => {
  it("shows the last period until it has the numbers of the next", async () => {
    const { api } = await open();
    const { from, to } = api.library.usage ?? { from: "", to: "" };
    api.trouble = "hang";
    fireEvent.change(screen.getByRole("combobox", { name: "Period" }), { target: { value: "year" } });
    await settle();
    expect(screen.getByRole("img", { name: `3K tokens from ${from} to ${to}, at most 2K on one day` })).toBeDefined();
  });

  it("says its numbers in a sentence and in tables", async () => {
    const { api } = await open();
    const { from, to } = api.library.usage ?? { from: "", to: "" };
    expect(screen.getByRole("img", { name: `3K tokens from ${from} to ${to}, at most 2K on one day` })).toBeDefined();
    const types = screen.getByRole("table", { name: "Usage by job type" });
    expect(within(types).getAllByRole("row").map(({ textContent }) => textContent)).toEqual([
      "Job typeJobsUsed",
      "Create world14 calls, 1,000 tokens, $0.002",
      "Generate characters2, 1 failed8 calls, 2,000 tokens, $0.004",
    ]);
  });

  it("has a bar for each day, even for days without jobs", () => {
    const period = { from: "2026-02-27", to: "2026-03-02" };
    expect(daysOf(period)).toEqual(["2026-02-27", "2026-02-28", "2026-03-01", "2026-03-02"]);
    const bars = byDay([day({ day: "2026-03-01" }), day({ day: "2026-03-01", estimated_cost_usd: null })], period);
    expect(bars.map(({ sums }) => sums.prompt_tokens)).toEqual([0, 0, 1_800, 0]);
    expect(bars.map(({ sums }) => sums.estimated_cost_usd)).toEqual([null, null, 0.002, null]);
  });

  it("sums by type", () => {
    const sums = byType([day({}), day({ type: "create_world", cancelled: 1 }), day({ failed: 1 })]);
    expect(sums.map(({ name, sums: { jobs, failed, cancelled } }) => [name, jobs, failed, cancelled])).toEqual([
      ["create_world", 1, 0, 1],
      ["generate_characters", 2, 1, 0],
    ]);
  });
});
