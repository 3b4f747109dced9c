import type { Page } from "playwright-core";
import { describe, expect, it } from "vitest";
import { session } from "./session";
import { urlOf } from "./stack";
import { start, written } from "./wizard";

const test = session();

/** What the first visit may transfer, in bytes: everything that is loaded until the network is quiet. */
const BUDGET_BYTES = 200_000;

it("the first visit transfers less than 200,000 bytes", async () => {
  const page = await test.open();
  const transferred = await bytesOf(page, async () => {
    await page.goto(urlOf("web"), { waitUntil: "networkidle" });
    await page.getByRole("radio", { name: "Fantasy" }).waitFor();
    await page.waitForLoadState("networkidle");
  });
  const sum = Object.values(transferred).reduce((all, bytes) => all + bytes, 0);
  console.info(`First visit: ${sum} bytes`, transferred);
  expect(sum).toBeLessThan(BUDGET_BYTES);
});

it("shows a heading before any script runs, and the same one after", async () => {
  const page = await test.open({ javaScriptEnabled: false });
  await page.goto(urlOf("web"));
  const heading = page.getByRole("heading", { level: 1, name: "Make a world" });
  expect(await heading.isVisible()).toBe(true);
  const before = await heading.boundingBox();
  const scripted = await test.open();
  await scripted.goto(urlOf("web"));
  await scripted.getByRole("radio", { name: "Fantasy" }).waitFor();
  const after = await scripted.getByRole("heading", { level: 1, name: "Make a world" }).boundingBox();
  expect({ x: after?.x, y: after?.y }).toEqual({ x: before?.x, y: before?.y });
});

describe("a card is in view", () => {
  it.each([
    ["on a laptop", 1366, 768, 200],
    ["on a laptop at 200 %", 683, 384, 200],
    ["on a phone", 360, 740, 300],
    ["on a phone on its side", 740, 360, 180],
  ])("%s", async (_, width, height, top) => {
    const page = await test.open({ viewport: { width, height } });
    await start(page, test.site.url);
    const box = await (await written(page, "Characters")).first().boundingBox();
    expect(box?.y).toBeLessThan(top);
    const bar = await page.locator(".action-bar").boundingBox();
    const visible = (bar?.y ?? 0) - (box?.y ?? 0);
    expect(visible).toBeGreaterThan(120);
  });
});

/** The bytes on the wire of each request that `load` makes, by the end of its address. */
async function bytesOf(page: Page, load: () => Promise<void>): Promise<Record<string, number>> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Network.enable");
  const urls = new Map<string, string>();
  const found: Record<string, number> = {};
  devtools.on("Network.requestWillBeSent", ({ requestId, request }) => urls.set(requestId, request.url));
  devtools.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const url = urls.get(requestId) ?? requestId;
    if (url.startsWith("data:")) return; // It is a part of a file that is counted.
    const name = url.split("/").at(-1) ?? url;
    found[name] = (found[name] ?? 0) + encodedDataLength;
  });
  await load();
  return found;
}
