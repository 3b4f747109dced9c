import { createJobsClient, JobsProvider } from "@loresmith/jobs";
import { FakeApi } from "@loresmith/jobs/testing/fakeApi";
import { FakePresence } from "@loresmith/jobs/testing/fakePresence";
import { JOB_TYPES, WITH_PROPHECIES } from "@loresmith/jobs/testing/fakeRegistry";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { pass } from "../testing/world";
import { useRegistry } from "./registry";
import { RegistryProvider } from "./RegistryProvider";

afterEach(() => {
  vi.useRealTimers();
});

function Shown() {
  const { kinds, labelOf } = useRegistry();
  return <output>{[...kinds.map(({ many }) => many), labelOf("create_world"), labelOf("write_poem")].join(", ")}</output>;
}

function open(api: FakeApi) {
  vi.useFakeTimers();
  return render(
    <QueryClientProvider client={new QueryClient()}>
      <JobsProvider client={createJobsClient({ baseUrl: "http://api", fetch: api.fetch, presence: new FakePresence() })}>
        <RegistryProvider storage={localStorage}>
          <Shown />
        </RegistryProvider>
      </JobsProvider>
    </QueryClientProvider>,
  );
}

it("provides the kinds and labels of the API", async () => {
  const api = new FakeApi();
  api.jobTypes = WITH_PROPHECIES;
  open(api);
  await pass(100);
  const kinds = "characters, factions, settings, events, relics, prophecies";
  expect(screen.getByRole("status").textContent).toBe(`${kinds}, Create world, write_poem`);
});

it("shows the page at once with the last answer, then with the new one", async () => {
  const api = new FakeApi();
  localStorage.setItem("loresmith.job-types", JSON.stringify(JOB_TYPES));
  api.jobTypes = WITH_PROPHECIES;
  open(api);
  expect(screen.getByRole("status").textContent).not.toContain("prophecies");
  await pass(100);
  expect(screen.getByRole("status").textContent).toContain("prophecies");
});

it("shows the page with the last answer while the API is down", async () => {
  const api = new FakeApi();
  localStorage.setItem("loresmith.job-types", JSON.stringify(JOB_TYPES));
  api.trouble = "network";
  open(api);
  await pass(20_000);
  expect(screen.getByRole("status").textContent).toContain("relics");
});

it.each(["{", "null", "[]", '[{"type": "generate_relics"}]'])("ignores an invalid stored answer: %s", async (found) => {
  localStorage.setItem("loresmith.job-types", found);
  open(new FakeApi());
  expect(screen.queryByRole("status")).toBeNull();
  await pass(100);
  expect(screen.getByRole("status").textContent).toContain("relics");
});

it("continues when the API is back", async () => {
  const api = new FakeApi();
  api.trouble = "network";
  open(api);
  await pass(60_000);
  api.trouble = null;
  await pass(4_000);
  expect(screen.getByRole("status").textContent).toContain("relics");
});

it("shows an error if the API is down on the first visit, and can try again", async () => {
  const api = new FakeApi();
  api.trouble = "network";
  open(api);
  await pass(100);
  expect(screen.getByRole("alert")).toBeDefined();
  api.trouble = null;
  fireEvent.click(screen.getByRole("button", { name: "Try again" }));
  await pass(100);
  expect(screen.getByRole("status").textContent).toContain("relics");
});

it("says that the service has not answered yet if it is silent", async () => {
  const api = new FakeApi();
  api.trouble = "hang";
  open(api);
  await pass(3_000);
  expect(screen.queryByText(/has not answered/)).toBeNull();
  await pass(2_000);
  expect(screen.getByText(/has not answered/)).toBeDefined();
});
