import { estimated } from "@loresmith/jobs/testing/fakeJob";
import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { pageWorld, pass } from "../testing/world";
import { ThemeStep } from "./ThemeStep";

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const store = createDraftStore(localStorage, window);
  const { api, wrapper: Page } = pageWorld();
  const onNext = vi.fn();
  render(
    <Page>
      <DraftProvider store={store}>
        <ThemeStep deck={null} onStartOver={() => undefined} onNext={onNext} />
      </DraftProvider>
    </Page>,
  );
  return { store, api, onNext };
}

it.each([
  ["Your own", 70, "theme"],
  [/^Tone/, 60, "tone"],
  [/^Premise/, 900, "premise"],
])("never cuts a text: %s says how much is too much", (label, most, field) => {
  const { onNext } = open();
  const given = "\u{1F409}".repeat(most);
  const input = screen.getByLabelText(label);
  fireEvent.change(input, { target: { value: given } });
  expect(screen.queryByRole("alert")).toBeNull();
  fireEvent.change(input, { target: { value: `${given}ab` } });
  expect(input).toHaveProperty("value", `${given}ab`);
  expect(screen.getByRole("alert").textContent).toBe(`${most + 2} of ${most} characters: 2 too many.`);
  expect(input.getAttribute("aria-invalid")).toBe("true");
  fireEvent.click(screen.getByRole("button", { name: "Write three characters" }));
  expect(onNext).not.toHaveBeenCalled();
  expect(screen.getByText(`Shorten the ${field} to continue.`)).toBeDefined();
});

it("keeps the language and the premise, and says how long the premise may be", () => {
  const { store } = open();
  fireEvent.change(screen.getByLabelText("Language"), { target: { value: "ar" } });
  const premise = screen.getByLabelText<HTMLTextAreaElement>(/^Premise/);
  fireEvent.change(premise, { target: { value: "Rent is due." } });
  expect(store.get()).toMatchObject({ language: "ar", premise: "Rent is due." });
  expect(screen.getByText(/12 of 900 characters/)).toBeTruthy();
  fireEvent.change(screen.getByLabelText("Language"), { target: { value: "" } });
  expect(store.get().language).toBe("");
});

it("accepts a custom theme that starts with the name of a listed one", () => {
  const { store } = open();
  const own = screen.getByLabelText<HTMLInputElement>("Your own");
  fireEvent.focus(own);
  for (const typed of ["steampun", "steampunk", "steampunk opera"]) {
    fireEvent.change(own, { target: { value: typed } });
    expect(own.value).toBe(typed);
  }
  expect(store.get().theme).toBe("steampunk opera");
});

it("says before the first jobs what they are expected to cost together", async () => {
  const { api } = open();
  api.estimate = estimated({ estimated_cost_usd: 0.002985 });
  await pass(600);
  await pass(600);
  const button = screen.getByRole("button", { name: "Write three characters" });
  const hint = document.getElementById(button.getAttribute("aria-describedby") ?? "");
  expect(hint?.textContent).toBe("About 30 calls, 34,000 tokens, $0.009.");
  expect(api.posts).toHaveLength(0);
});
