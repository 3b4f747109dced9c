/** Blocks of the documents, word for word. */

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";

export const ROOT = join(import.meta.dirname, "../../..");

/** The blocks of commands that come right after a comment that names this test, in the order of the documents. */
export function blocksRunBy(test: string): string[] {
  const comment = `<!-- run-by: ${test} -->`;
  const documents = execFileSync("git", ["grep", "-lF", "--untracked", comment, "--", "*.md"], { cwd: ROOT, encoding: "utf8" });
  return documents.trim().split("\n").flatMap((document) =>
    read(document).split(comment).slice(1).map((rest) => found(/^\s*```bash\n(.*?)```/s, rest, document)),
  );
}

/** The React component that a document shows. */
export function componentIn(document: string): string {
  return found(/```tsx\n(.*?)```/s, read(document), document);
}

/** The files that a document shows, whose first line is a comment with their path: path, content. */
export function filesIn(document: string): [string, string][] {
  return [...read(document).matchAll(/```tsx?\n(\/\/ (src\/\S+)\n.*?)```/gs)].map(([, code = "", path = ""]) => [path, code]);
}

function read(document: string): string {
  return readFileSync(join(ROOT, document), "utf8");
}

function found(block: RegExp, text: string, document: string): string {
  const [, code] = block.exec(text) ?? [];
  if (code === undefined) throw new Error(`${document} has no ${block.source} where a test expects it.`);
  return code;
}
