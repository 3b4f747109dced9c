/**
 * Measures what the page costs: requests and bytes per job with long polls and with plain polling, the time from the
 * LLM's last answer to pixels, and the size of the loaded files. Prints the tables of README.md.
 *
 *     node benchmarks/page/measure.mjs <folder of a running stack> [jobs]
 *
 * The stack needs the offline writer and the page: `LOCAL_DIR=/tmp/stack make stack`.
 */

import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { gzipSync } from "node:zlib";

const FRONTEND = join(import.meta.dirname, "../../frontend");
const { chromium } = createRequire(join(FRONTEND, "package.json"))("playwright-core");
const [folder = "", jobs = "9"] = process.argv.slice(2);
const { urls } = JSON.parse(readFileSync(join(folder, "stack.json"), "utf8"));
const writer = urls.llm.replace(/\/v1$/, "");

const WAYS = { "long poll": (headers) => headers, polling: ({ prefer: _, ...headers }) => headers };
/** Seconds for one answer of the offline writer: the stack's default, and what a real provider takes. */
const LATENCIES_S = [0.4, 3];

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
});
try {
  console.log("| answer of the LLM | way | requests per job | of them GET | bytes per job | last LLM answer to pixels, median (worst), ms |");
  console.log("|---|---|---|---|---|---|");
  for (const latencyS of LATENCIES_S) {
    await pace(latencyS);
    for (const way of Object.keys(WAYS)) {
      const runs = [];
      for (let run = 0; run < Number(jobs); run += 1) runs.push(await oneJob(WAYS[way]));
      console.log(row(latencyS, way, runs));
    }
  }
  console.log(await firstVisit());
  console.log(sizes());
} finally {
  await pace(0.4);
  await browser.close();
}

/** Three characters, from the click to the last card. */
async function oneJob(headersOf) {
  const page = await browser.newPage({ reducedMotion: "reduce" });
  const finished = [];
  await page.route(`${urls.api}/jobs**`, (route) => route.continue({ headers: headersOf(route.request().headers()) }));
  page.on("requestfinished", (request) => request.url().startsWith(`${urls.api}/jobs`) && finished.push(request));
  await page.goto(urls.web);
  await fetch(`${writer}/control/calls`, { method: "DELETE" });
  await page.getByRole("button", { name: "Write three characters" }).click();
  const [answeredAt, shownAt] = await Promise.all([lastAnswer(page), lastPixels(page)]);
  await page.waitForTimeout(300);
  const sizes = await Promise.all(finished.map((request) => request.sizes()));
  await page.close();
  return {
    requests: finished.length,
    reads: finished.filter((request) => request.method() === "GET").length,
    bytes: sum(sizes.map((s) => s.requestHeadersSize + s.requestBodySize + s.responseHeadersSize + s.responseBodySize)),
    delayMs: shownAt - answeredAt,
  };
}

/** When the three cards were painted, in milliseconds since 1970. */
async function lastPixels(page) {
  const painted = await page.waitForFunction(
    () =>
      document.querySelectorAll("fieldset .card:not(.card--unfinished)").length === 3 &&
      new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.timeOrigin + performance.now())))),
    null,
    { polling: "raf", timeout: 120_000 },
  );
  return painted.jsonValue();
}

/** When the writer gave its last answer, in milliseconds since 1970, as exactly as this loop looks. */
async function lastAnswer(page) {
  let [finished, at] = [0, 0];
  while ((await page.locator("fieldset .card").count()) < 3) {
    const counts = await (await fetch(`${writer}/control/calls`)).json();
    if (counts.finished > finished) [finished, at] = [counts.finished, Date.now()];
  }
  return at;
}

async function firstVisit() {
  const page = await browser.newPage();
  const seen = [];
  page.on("requestfinished", (request) => seen.push(request));
  await page.goto(urls.web, { waitUntil: "networkidle" });
  const paintMs = await page.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? NaN);
  const bytes = sum(await Promise.all(seen.map(async (request) => (await request.sizes()).responseBodySize)));
  await page.close();
  return `\nFirst visit: ${seen.length} requests, ${kb(bytes)} uncompressed, first content after ${paintMs.toFixed(0)} ms.\n`;
}

/** The sizes of the build's files, by kind. */
function sizes() {
  const assets = join(FRONTEND, "dist/assets");
  const files = readdirSync(assets).map((name) => ({ name, content: readFileSync(join(assets, name)) }));
  const lines = ["js", "css"].map((kind) => {
    const all = files.filter(({ name }) => name.endsWith(`.${kind}`)).map(({ content }) => content);
    return `| ${kind} | ${kb(sum(all.map((c) => c.length)))} | ${kb(sum(all.map((c) => gzipSync(c, { level: 9 }).length)))} |`;
  });
  return ["| file | raw | gzip |", "|---|---|---|", ...lines].join("\n");
}

async function pace(latency_s) {
  await fetch(`${writer}/control/faults`, { method: "PUT", body: JSON.stringify({ latency_s, rules: [] }) });
}

function row(latencyS, way, runs) {
  const delays = runs.map(({ delayMs }) => delayMs).sort((a, b) => a - b);
  const mean = (key) => sum(runs.map((run) => run[key])) / runs.length;
  const delay = `${delays[delays.length >> 1].toFixed(0)} (${delays.at(-1).toFixed(0)})`;
  return `| ${latencyS} s | ${way} | ${mean("requests").toFixed(1)} | ${mean("reads").toFixed(1)} | ${kb(mean("bytes"))} | ${delay} |`;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

function kb(bytes) {
  return `${(bytes / 1000).toFixed(1)} kB`;
}
