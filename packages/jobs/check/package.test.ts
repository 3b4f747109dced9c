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
import { pack, type Packed } from "./pack.js";

const NODE_MODULES = join(import.meta.dirname, "../../../node_modules");
const folder = mkdtempSync(join(tmpdir(), "loresmith-pack-"));
let packed: Packed;

beforeAll(() => {
  packed = pack(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

it("has its modules, types and style, and nothing else", () => {
  const others = packed.files.filter((path) => !/^dist\/(?:(?:api|core|library|react)\/)?\w+\.(?:js|d\.ts)$/.test(path));
  expect(others.sort()).toEqual(["LICENSE", "README.md", "dist/style.css", "package.json"]);
  expect(packed.files.filter((path) => /\.test|testing|fake/.test(path))).toEqual([]);
});

it("publint finds no fault", async () => {
  const { messages, pkg } = await publint({ pkgDir: packed.source, strict: true });
  expect(messages.map((message) => formatMessage(message, pkg))).toEqual([]);
});

it("its types resolve as its modules do (attw)", () => {
  const command = ["attw", "--profile", "esm-only", "--no-emoji", "--format", "ascii", "--exclude-entrypoints", "./style.css", "--", packed.tarball];
  execFileSync("npx", ["--no-install", ...command], { cwd: import.meta.dirname, stdio: ["ignore", "pipe", "inherit"] });
});

it("each module of a hook or component is for the client", () => {
  const modules = packed.files.filter((path) => /^dist\/(?:react|library)\/(?:use|Job)\w+\.js$/.test(path));
  expect(modules.length).toBeGreaterThan(5);
  const without = modules.filter((path) => !readFileSync(join(packed.source, path), "utf8").startsWith('"use client";'));
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
    stdin: { contents: APPLICATION + code, resolveDir: packed.source },
    nodePaths: [NODE_MODULES],
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
