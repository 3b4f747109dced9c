import { describe, expect, it } from "vitest";
import { countJobs, session, untilHealthy } from "./session";
import { crash, pace } from "./stack";
import { pickAll, start, written } from "./wizard";

const test = session();

/** Of an outage that somebody would notice. */
const OUTAGE_MS = 20_000;

describe("the service goes away in the middle of a job", () => {
  it("says that it reconnects, and has lost nothing 20 s later", async () => {
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await pace("slow");
    await start(page, test.site.url);
    await page.locator(".job-progress__percent").first().waitFor();
    test.site.line.cut();
    await page.getByText(/Reconnecting;/).first().waitFor();
    await page.waitForTimeout(OUTAGE_MS);
    test.site.line.mend();
    expect(await (await written(page, "Characters")).count()).toBe(3);
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });

  it("survives a crash of the API", async () => {
    const page = await test.open();
    await pace("slow");
    await start(page, test.site.url);
    await page.locator(".job-progress__percent").first().waitFor();
    crash("api");
    expect(await (await written(page, "Characters")).count()).toBe(3);
  });

  it("sends a submission until it arrives, and makes one job", async () => {
    const page = await test.open();
    const before = await countJobs("generate_characters");
    await page.goto(test.site.url);
    const button = page.getByRole("button", { name: "Write three characters" });
    await button.waitFor();
    test.site.line.cut();
    await button.click();
    await page.getByText("Reconnecting").first().waitFor();
    test.site.line.mend();
    expect(await (await written(page, "Characters")).count()).toBe(3);
    expect(await countJobs("generate_characters")).toBe(before + 1);
  });
});

it("retries the world where the world has failed, and nothing else", async () => {
  const page = await test.open();
  await start(page, test.site.url);
  await pickAll(page);
  const before = await countJobs("generate_relics");
  await pace("quick", { fault: "refusal", schema: "world_story" });
  await page.getByRole("button", { name: "Create the world" }).click();
  const retry = page.getByRole("button", { name: "Retry" });
  await retry.waitFor();
  await pace("quick");
  await retry.click();
  await page.getByRole("button", { name: "Download as Markdown" }).waitFor();
  expect(await countJobs("generate_relics")).toBe(before);
});

it("waits while it is offline, and goes on by itself", async () => {
  const page = await test.open();
  await pace("slow");
  await start(page, test.site.url);
  await page.locator(".job-progress__percent").first().waitFor();
  await test.context.setOffline(true);
  await page.getByText("You are offline.").first().waitFor();
  await test.context.setOffline(false);
  expect(await (await written(page, "Characters")).count()).toBe(3);
});

it("says what happened when the writer stays away, and Retry mends it", async () => {
  const page = await test.open();
  await pace("slow");
  await start(page, test.site.url, "Cyberpunk");
  const retry = page.getByRole("button", { name: "Retry" });
  while (!(await retry.isVisible())) {
    crash("generator");
    await page.waitForTimeout(100);
  }
  expect(await page.locator(".job-progress__message").innerText()).toMatch(/[A-Z].+\..+\./);
  await untilHealthy();
  await pace("quick");
  await retry.click();
  expect(await (await written(page, "Characters")).count()).toBe(3);
});
