/**
 * Measures what the page costs in Chromium: requests and bytes of a job, when its cards were painted, and what the first
 * view loads. Prints JSON.
 *
 *     node measure.mjs PAGE API WAY JOBS
 *
 * WAY is "long poll", or "polling" for a page that never asks the API to wait. `benchmarks/performance/measure/page.py`
 * starts what this needs, and computes the figures.
 */

import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const { chromium } = createRequire(join(import.meta.dirname, "../../frontend/package.json"))("playwright-core");
const [pageUrl, api, way, jobs] = process.argv.slice(2);
/** How long to look for requests after the last card, such as a list of jobs that is read again. */
const AFTER_MS = 300;

const found = ["/usr/bin/chromium-headless-shell", "/usr/bin/chromium"].find((path) => existsSync(path));
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? found,
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
try {
  const runs = [];
  for (let run = 0; run < Number(jobs); run += 1) runs.push(await oneJob());
  console.log(JSON.stringify({ firstView: await firstView(), runs }));
} finally {
  await browser.close();
}

/**
 * Three characters, from the click to the last card. The page also has factions and settings written at the same time;
 * their requests are not counted.
 */
async function oneJob() {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  if (way === "polling") await page.addInitScript(neverWait);
  await page.goto(pageUrl, { waitUntil: "networkidle" });
  const finished = [];
  page.on("requestfinished", (request) => request.url().startsWith(`${api}/jobs`) && finished.push(request));
  const preflights = await countPreflights(page);
  const submitted = page.waitForResponse((response) => isSubmission(response.request()));
  await page.getByRole("button", { name: "Write three characters" }).click();
  const { id } = await (await submitted).json();
  const shownAtMs = await lastPixels(page);
  await page.waitForTimeout(AFTER_MS);
  const ofJob = finished.filter((request) => isSubmission(request) || request.url().includes(id));
  const sizes = await Promise.all(ofJob.map((request) => request.sizes()));
  const receivedAtMs = await page.evaluate(lastReceived, `${api}/jobs/${id}`);
  const figures = { receivedAtMs, shownAtMs, requests: ofJob.length, preflights: preflights(), bytes: sum(sizes.map(total)) };
  await page.close();
  return figures;
}

/** Whether the request submits the job of the characters. */
function isSubmission(request) {
  return request.method() === "POST" && !request.url().includes("dry_run") && request.postData()?.includes("generate_characters");
}

/** Runs in the page, before its own code. */
function neverWait() {
  const { fetch } = window;
  window.fetch = (input, init) => {
    init?.headers?.delete?.("Prefer");
    return fetch(input, init);
  };
}

/** Preflight requests (CORS), which Playwright does not report. */
async function countPreflights(page) {
  const session = await page.context().newCDPSession(page);
  let count = 0;
  session.on("Network.requestWillBeSent", ({ initiator }) => {
    if (initiator.type === "preflight") count += 1;
  });
  await session.send("Network.enable");
  return () => count;
}

/** Runs in the page: when the last answer with a job had arrived, in milliseconds since 1970. */
function lastReceived(prefix) {
  const answers = performance.getEntriesByType("resource").filter(({ name }) => name.startsWith(prefix));
  return performance.timeOrigin + Math.max(...answers.map(({ responseEnd }) => responseEnd));
}

/** When the three cards were painted, in milliseconds since 1970: after the frame that shows them. */
async function lastPixels(page) {
  const painted = await page.waitForFunction(
    () =>
      document.querySelectorAll("fieldset .card:not(.card--unfinished)").length === 3 &&
      new Promise((done) => setTimeout(() => done(performance.timeOrigin + performance.now()))),
    null,
    { polling: "raf", timeout: 120_000 },
  );
  return painted.jsonValue();
}

/** Each request of a first visit: its kind, and the bytes of the answer as they were sent. */
async function firstView() {
  const page = await browser.newPage();
  const seen = [];
  page.on("requestfinished", (request) => seen.push(request));
  await page.goto(pageUrl, { waitUntil: "networkidle" });
  const answers = await Promise.all(seen.map(async (request) => ({ kind: kindOf(request), bytes: (await request.sizes()).responseBodySize })));
  await page.close();
  return answers;
}

function kindOf(request) {
  return request.url().startsWith(api) ? "API" : request.resourceType();
}

function total({ requestHeadersSize, requestBodySize, responseHeadersSize, responseBodySize }) {
  return requestHeadersSize + requestBodySize + responseHeadersSize + responseBodySize;
}

function sum(numbers) {
  return numbers.reduce((all, number) => all + number, 0);
}
