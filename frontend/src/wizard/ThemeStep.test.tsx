import { fireEvent, render, screen } from "@testing-library/react";
import { afterEach, expect, it, vi } from "vitest";
import { createDraftStore } from "../draft/draftStore";
import { DraftProvider } from "../draft/DraftProvider";
import { estimated } from "../testing/fakeJob";
import { pageWorld, pass } from "../testing/world";
import { ThemeStep } from "./ThemeStep";

afterEach(() => {
  vi.useRealTimers();
});

function open() {
  const store = createDraftStore(localStorage, window);
  const { api, wrapper: Page } = pageWorld();
  render(
    <Page>
      <DraftProvider store={store}>
        <ThemeStep onStartOver={() => undefined} onNext={() => undefined} />
      </DraftProvider>
    </Page>,
  );
  return { store, api };
}

it("limits the theme and the tone to the lengths that the API states", () => {
  open();
  expect(screen.getByLabelText<HTMLInputElement>("Your own").maxLength).toBe(70);
  expect(screen.getByLabelText<HTMLInputElement>(/^Tone/).maxLength).toBe(60);
});

it("keeps the language and the premise, and says how long the premise may be", () => {
  const { store } = open();
  fireEvent.change(screen.getByLabelText("Language"), { target: { value: "ar" } });
  const premise = screen.getByLabelText<HTMLTextAreaElement>(/^Premise/);
  fireEvent.change(premise, { target: { value: "Rent is due." } });
  expect(store.get()).toMatchObject({ language: "ar", premise: "Rent is due." });
  expect(premise.maxLength).toBe(900);
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

it("says before the first job what it is expected to cost", async () => {
  const { api } = open();
  api.estimate = estimated({ estimated_cost_usd: 0.002985 });
  await pass(600);
  await pass(600);
  const button = screen.getByRole("button", { name: "Write three characters" });
  const hint = document.getElementById(button.getAttribute("aria-describedby") ?? "");
  expect(hint?.textContent).toBe("About 10 calls, 11,000 tokens, $0.003.");
  expect(api.posts).toHaveLength(0);
});
