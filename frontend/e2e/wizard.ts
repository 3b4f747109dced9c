/** Steps that a user takes in the wizard, found by their visible text. */

import type { Page } from "playwright-core";
import { urlOf } from "./stack";

interface JobTypes {
  job_types: { delivers: string; plural: string }[];
}

/** The headings of the steps between the theme and the world, in the order of the API. */
export async function kinds(): Promise<string[]> {
  const { job_types } = (await (await fetch(`${urlOf("api")}/job-types`)).json()) as JobTypes;
  const plurals = job_types.filter(({ delivers }) => delivers === "pieces").map(({ plural }) => plural);
  return plurals.map((plural) => plural.charAt(0).toUpperCase() + plural.slice(1));
}

export async function start(page: Page, url: string, theme = "Fantasy"): Promise<void> {
  await page.goto(url);
  await page.getByRole("radio", { name: theme }).check();
  await page.getByRole("button", { name: "Write three characters" }).click();
}

/** The cards of the current step, once all three are written. */
export async function written(page: Page, kind: string) {
  await page.getByRole("heading", { level: 1, name: kind }).waitFor();
  const cards = page.getByRole("group", { name: /to pick from/ }).locator("article:not(.card--unfinished)");
  await cards.nth(2).waitFor();
  return cards;
}

/** Pick a card by its place, and continue. Returns its name. */
export async function pick(page: Page, kind: string, place = 0): Promise<string> {
  const card = (await written(page, kind)).nth(place);
  const name = await card.locator(".card__name").innerText();
  await card.getByRole("radio").check({ force: true });
  await page.getByRole("button", { name: "Continue" }).click();
  return name;
}

export async function pickAll(page: Page): Promise<string[]> {
  const names = [];
  for (const [place, kind] of (await kinds()).entries()) names.push(await pick(page, kind, place % 3));
  return names;
}

/** Go from the last step to the page of the world. */
export async function createWorld(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Create the world" }).click();
  await page.getByRole("button", { name: "Export" }).waitFor();
}
