/** New applications, as `npm create vite` makes them, with the packed package and the snippets of the documents. */

import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { pack } from "../check/pack";

const PACKAGE = join(import.meta.dirname, "..");
const ROOT = join(PACKAGE, "../..");
const INSTALL = ["install", "--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
/** The React that the template does not have, with the oldest TanStack Query that the package permits. */
const OLDEST = ["react@18.3.1", "react-dom@18.3.1", "@types/react@18.3.32", "@types/react-dom@18.3.7", "@tanstack/react-query@5.0.0"];

const execute = promisify(execFile);

/** What the command prints. Throws an error with its output if it fails. */
async function run(folder: string, command: string, args: string[], environment: NodeJS.ProcessEnv = {}): Promise<string> {
  const options = { cwd: folder, env: { ...process.env, NODE_ENV: "", ...environment }, maxBuffer: 1e8 };
  try {
    return (await execute(command, args, options)).stdout;
  } catch (error) {
    const { stdout, stderr } = error as { stdout: string; stderr: string };
    throw new Error(`${command} ${args.join(" ")}\n${stdout}${stderr}`, { cause: error });
  }
}

/** Makes an application with the React of the template and one with React 18, in this folder. Returns their folders. */
export async function makeApps(folder: string): Promise<{ react18: string; react19: string }> {
  const { tarball } = pack(folder);
  await run(folder, process.execPath, [join(ROOT, "node_modules/create-vite/index.js"), "react19", "--template", "react-ts", "--no-interactive"]);
  const [react18, react19] = [join(folder, "react18"), join(folder, "react19")];
  addSnippets(react19);
  pinVersions(join(react19, "package.json"));
  await run(react19, "npm", [...INSTALL, `@tanstack/react-query@${versionOf("@tanstack/react-query")}`, tarball]);
  cpSync(react19, react18, { recursive: true });
  await run(react18, "npm", [...INSTALL, ...OLDEST]);
  return { react18, react19 };
}

/** The template's `npm run build`, a check with the strictest types, and the HTML of a server with React's development mode. */
export async function buildApp(app: string): Promise<void> {
  await run(app, "npm", ["run", "build"]);
  await run(app, "npx", ["tsc", "-p", "tsconfig.app.json", "--exactOptionalPropertyTypes", "--skipLibCheck", "false"]);
  const development = { NODE_ENV: "development" };
  await run(app, "npx", ["vite", "build", "--mode", "development", "--outDir", "dist-server"], development);
  await run(app, "npx", ["vite", "build", "--mode", "development", "--ssr", "src/server.tsx", "--outDir", "dist-ssr"], development);
  const html = await run(app, process.execPath, ["dist-ssr/server.js"], development);
  edit(join(app, "dist-server/index.html"), '<div id="root"></div>', `<div id="root">${html.trim()}</div>`);
}

/** The files of `app/`, the pages of the README and of the tutorial, and the alias "@" that the guide uses. */
function addSnippets(app: string): void {
  cpSync(join(import.meta.dirname, "app"), app, { recursive: true });
  writeFileSync(join(app, "src/Characters.tsx"), example(join(PACKAGE, "README.md")));
  // Here, the page's own server passes its requests on to the API.
  const tutorial = example(join(ROOT, "docs/tutorial.md")).replace("http://127.0.0.1:18212", "");
  writeFileSync(join(app, "src/Tutorial.tsx"), tutorial);
  edit(join(app, "tsconfig.app.json"), '"skipLibCheck": true,', '"skipLibCheck": true,\n    "paths": { "@/*": ["./src/*"] },');
  edit(join(app, "vite.config.ts"), "plugins: [react()],", 'plugins: [react()],\n  resolve: { alias: { "@": import.meta.dirname + "/src" } },');
}

/** The React component that a document shows. */
function example(document: string): string {
  const [, found] = /```tsx\n(.*?)```/s.exec(readFileSync(document, "utf8")) ?? [];
  if (found === undefined) throw new Error(`${document} has no block of tsx`);
  return found;
}

/** The template names ranges. The oldest version of each range is installed, so that a new release changes no test. */
function pinVersions(file: string): void {
  writeFileSync(file, readFileSync(file, "utf8").replace(/": "[\^~](\d)/g, '": "$1'));
}

function edit(file: string, old: string, replacement: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(old)) throw new Error(`${file} has no ${old}`);
  writeFileSync(file, text.replace(old, () => replacement));
}

function versionOf(name: string): string {
  return (JSON.parse(readFileSync(join(ROOT, `node_modules/${name}/package.json`), "utf8")) as { version: string }).version;
}
