import { expect, it } from "vitest";
import { storageSlots } from "./slot.js";

const NOW = Date.parse("2026-01-10T12:00:00Z");
const HOUR_MS = 3_600_000;

function remember(key: string, fields: object) {
  const record = { request: { type: "generate_relics", payload: {} }, key: "key", jobId: "job-1", settled: false, ...fields };
  localStorage.setItem(key, JSON.stringify(record));
}

it("drops records older than a day once, when the page loads", () => {
  remember("loresmith.job.old", { at: NOW - 24 * HOUR_MS });
  remember("loresmith.job.failed", { at: NOW - 30 * HOUR_MS, settled: true });
  remember("loresmith.job.timeless", {});
  localStorage.setItem("loresmith.job.of-somebody-else", "{");
  remember("loresmith.job.young", { at: NOW - 23 * HOUR_MS });
  remember("loresmith.jobs", { at: 0 });
  const slot = storageSlots(localStorage, "loresmith.", NOW);
  expect(Object.keys(localStorage).sort()).toEqual(["loresmith.job.of-somebody-else", "loresmith.job.young", "loresmith.jobs"]);
  expect(slot("young").read()).toMatchObject({ jobId: "job-1" });
  remember("loresmith.job.old", { at: 0 });
  expect(slot("old").read()).not.toBeNull();
});
