/** The packed package, as it would be published. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { publint } from "publint";
import { formatMessage } from "publint/utils";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "loresmith-pack-"));
let tarball = "";
let files: string[] = [];

interface Packed {
  filename: string;
  files: { path: string }[];
}

/** npm 11.11 and later print an object by name, earlier versions an array. */
beforeAll(() => {
  const printed = execFileSync("npm", ["pack", "--json", "--loglevel=error", "--pack-destination", folder], { cwd: ROOT, encoding: "utf8" });
  const [packed] = Object.values(JSON.parse(printed.slice(printed.search(/^[[{]/m))) as Record<string, Packed>);
  if (packed === undefined) throw new Error(`npm packed nothing: ${printed}`);
  tarball = join(folder, packed.filename);
  files = packed.files.map(({ path }) => path);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("has its modules, types and style, and nothing else", () => {
  const others = files.filter((path) => !/^dist\/(?:(?:api|core|library|react)\/)?\w+\.(?:js|d\.ts)$/.test(path));
  expect(others.sort()).toEqual(["LICENSE", "README.md", "dist/style.css", "package.json"]);
  expect(files.filter((path) => /\.test|testing|fake/.test(path))).toEqual([]);
});

it("publint finds no fault", async () => {
  const { messages, pkg } = await publint({ pkgDir: ROOT, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it("its types resolve as its modules do (attw)", () => {
  const command = ["attw", "--profile", "esm-only", "--no-emoji", "--format", "ascii", "--exclude-entrypoints", "./style.css", "--", tarball];
  execFileSync("npx", ["--no-install", ...command], { cwd: ROOT, stdio: ["ignore", "pipe", "inherit"] });
});

it("each module of a hook or component is for the client", () => {
  const modules = files.filter((path) => /^dist\/(react\/.*|library\/use\w+)\.js$/.test(path));
  expect(modules.length).toBeGreaterThan(5);
  const without = modules.filter((path) => !readFileSync(join(ROOT, path), "utf8").startsWith('"use client";'));
  expect(without).toEqual([]);
});

/** An application that uses React and TanStack Query. */
const APPLICATION = `
  export * from "react";
  export * from "react-dom/client";
  export { QueryClient, QueryClientProvider, useMutation, useQuery } from "@tanstack/react-query";`;

/** Kilobytes of the application with this code, gzipped. */
async function sizeKb(code: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: APPLICATION + code, resolveDir: ROOT },
    bundle: true,
    minify: true,
    format: "esm",
    write: false,
    define: { "process.env.NODE_ENV": '"production"' },
  });
  return gzipSync(outputFiles[0]?.contents ?? "", { level: 9 }).length / 1_000;
}

describe("an application grows by at most", () => {
  it.each([
    ["10.5 kB with everything", 10.5, 'export * from "@loresmith/jobs";'],
    ["9.5 kB with the guide's two imports", 9.5, 'export { JobProgressSpinner, useJobPolling } from "@loresmith/jobs";'],
    ["3 kB with useSubmitJob alone", 3, 'export { useSubmitJob } from "@loresmith/jobs";'],
    ["1 kB with the calls of the library alone", 1, 'export { createLibraryApi } from "@loresmith/jobs/library";'],
  ])("%s", async (_, limitKb, code) => {
    const growthKb = (await sizeKb(code)) - (await sizeKb(""));
    expect(growthKb).toBeGreaterThan(0.2);
    expect(growthKb).toBeLessThanOrEqual(limitKb);
  });
});
