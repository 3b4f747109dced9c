/** Packs the package as it would be published. */

import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";

export interface Packed {
  /** The folder with the files of the package. */
  source: string;
  tarball: string;
  /** The paths in the tarball. */
  files: string[];
}

interface Printed {
  filename: string;
  files: { path: string }[];
}

/** Builds and packs everything in `folder`, so that it disturbs no other build. */
export function pack(folder: string): Packed {
  const source = join(folder, "package");
  mkdirSync(source);
  execFileSync(process.execPath, ["scripts/build.mjs", source], { cwd: join(import.meta.dirname, ".."), stdio: "inherit" });
  const command = ["pack", "--json", "--ignore-scripts", "--loglevel=error", "--pack-destination", folder];
  const printed = JSON.parse(execFileSync("npm", command, { cwd: source, encoding: "utf8" })) as Record<string, Printed>;
  // An array, or since npm 11.11 an object by name.
  const [packed] = Object.values(printed);
  if (packed === undefined) throw new Error("npm has packed nothing.");
  return { source, tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) };
}
