/**
 * Writes `dist/`: the modules, their types and the style. Copies the licence of the project, which belongs to the package.
 *
 *     node scripts/build.mjs [FOLDER]
 *
 * FOLDER gets all files of the package, so that several builds can run at once. The default is the package itself.
 */
import { execFileSync } from "node:child_process";
import { copyFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { argv } from "node:process";
import { fileURLToPath, pathToFileURL, URL } from "node:url";

const PACKAGE = fileURLToPath(new URL("..", import.meta.url));
const folder = argv[2] ?? PACKAGE;
const dist = join(folder, "dist");

await rm(dist, { recursive: true, force: true });
execFileSync("npx", ["--no-install", "tsc", "--project", "tsconfig.build.json", "--outDir", dist], { cwd: PACKAGE, stdio: "inherit" });
/** @type {{ PROGRESS_STYLE: string }} */
const { PROGRESS_STYLE } = await import(pathToFileURL(join(dist, "react/progressStyle.js")).href);
await writeFile(join(dist, "style.css"), PROGRESS_STYLE);
await copyFile(join(PACKAGE, "../../LICENSE"), join(folder, "LICENSE"));
if (folder !== PACKAGE) {
  for (const file of ["package.json", "README.md"]) await copyFile(join(PACKAGE, file), join(folder, file));
}
