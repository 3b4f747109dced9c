/** Applications with React 18 and 19: the tutorial's application with the snippets of the documents. */

import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { componentIn, filesIn } from "./block";
import type { Reader } from "./reader";

const REACT_18 = {
  dependencies: { react: "18.3.1", "react-dom": "18.3.1" },
  devDependencies: { "@types/react": "18.3.32", "@types/react-dom": "18.3.7" },
};

interface PackageFile {
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
}

/** What the application depends on. */
export function dependenciesOf(app: string): Record<string, string> {
  return readPackage(app).dependencies;
}

function readPackage(app: string): PackageFile {
  return JSON.parse(readFileSync(join(app, "package.json"), "utf8")) as PackageFile;
}

/** Copies an application, with an older React and without any other dependency. */
export function copyWithReact18(app: string, copy: string): void {
  cpSync(app, copy, { recursive: true });
  const { devDependencies, ...rest } = readPackage(app);
  const changed = { ...rest, dependencies: REACT_18.dependencies, devDependencies: { ...devDependencies, ...REACT_18.devDependencies } };
  writeFileSync(join(copy, "package.json"), JSON.stringify(changed));
}

/** Adds the files of `app/`, the component and the files of the README, the alias "@" that the guide uses, and the strictest types. */
export function addSnippets(app: string): void {
  cpSync(join(import.meta.dirname, "app"), app, { recursive: true });
  writeFileSync(join(app, "src/Characters.tsx"), componentIn("packages/jobs/README.md"));
  for (const [path, code] of filesIn("packages/jobs/README.md")) {
    mkdirSync(dirname(join(app, path)), { recursive: true });
    writeFileSync(join(app, path), code);
  }
  const types = '"skipLibCheck": false,\n    "exactOptionalPropertyTypes": true,\n    "paths": { "@/*": ["./src/*"] },';
  edit(join(app, "tsconfig.app.json"), '"skipLibCheck": true,', types);
  edit(join(app, "vite.config.ts"), "plugins: [react()],", 'plugins: [react()],\n  resolve: { alias: { "@": import.meta.dirname + "/src" } },');
}

/** The template's `npm run build`, and the HTML of a server with React's development mode. */
export async function buildApp(app: string, { run }: Reader): Promise<void> {
  await run(app, "npm", ["run", "build"]);
  const development = { NODE_ENV: "development" };
  const build = (...options: string[]) => run(app, "node_modules/.bin/vite", ["build", "--mode", "development", ...options], development);
  await build("--outDir", "dist-server");
  await build("--ssr", "src/server.tsx", "--outDir", "dist-ssr");
  const html = await run(app, process.execPath, ["dist-ssr/server.js"], development);
  edit(join(app, "dist-server/index.html"), '<div id="root"></div>', `<div id="root">${html.trim()}</div>`);
}

function edit(file: string, old: string, replacement: string): void {
  const text = readFileSync(file, "utf8");
  if (!text.includes(old)) throw new Error(`${file} has no ${old}`);
  writeFileSync(file, text.replace(old, () => replacement));
}
