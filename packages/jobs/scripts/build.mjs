/** Writes `dist/`: the modules, their types and the style. Copies the licence of the project, which belongs to the package. */
import { execFileSync } from "node:child_process";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath, URL } from "node:url";

const ROOT = fileURLToPath(new URL("..", import.meta.url));
const DIST = new URL("../dist/", import.meta.url);

await rm(DIST, { recursive: true, force: true });
execFileSync("tsc", ["--project", "tsconfig.build.json"], { cwd: ROOT, stdio: "inherit" });
/** @type {{ PROGRESS_STYLE: string }} */
const { PROGRESS_STYLE } = await import(new URL("react/progressStyle.js", DIST).href);
await writeFile(new URL("style.css", DIST), PROGRESS_STYLE);
await copyFile(new URL("../../../LICENSE", import.meta.url), new URL("../LICENSE", import.meta.url));
