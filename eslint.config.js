/** The rules of style of the page and of the package of hooks. One run checks both: they share one program of TypeScript. */

import { readdirSync } from "node:fs";
import { join } from "node:path";
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

const METHODS_MAX = 12;
const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 40;

const TESTS = ["**/*.test.{ts,tsx}", "src/testing/**"];

/** The folders of the page. `components` and `lib` only lead to `@loresmith/jobs`: they are the import paths that applications use. */
const PAGE_LAYERS = [
  ["app"],
  ["worlds", "jobList", "library", "history"],
  ["wizard", "shared"],
  ["editing"],
  ["draft", "registry"],
  ["book", "ties"],
  ["kit"],
  ["lore", "emblem", "components", "lib"],
  ["style", "api"],
];
const HOOKS_LAYERS = [["library"], ["react"], ["core"], ["api"]];

export default [
  { files: ["eslint.config.js"], ...js.configs.recommended },
  ...rulesFor("frontend", PAGE_LAYERS, ["e2e/screenshots"]),
  ...rulesFor("packages/jobs", HOOKS_LAYERS, ["e2e/app", "src/api/openapi.ts"]),
];

/**
 * The rules for the files in `root`. `layers` are the folders of its `src/`, from the top down: a folder may import only
 * from lower lines. `testing` belongs to the tests, which may import anything.
 *
 * @param {string} root
 * @param {string[][]} layers
 * @param {string[]} ignores
 */
function rulesFor(root, layers, ignores) {
  return defineConfig(
    { ignores: ["dist", "node_modules", ...ignores] },
    js.configs.recommended,
    tseslint.configs.strictTypeChecked,
    tseslint.configs.stylisticTypeChecked,
    jsxA11y.flatConfigs.strict,
    reactHooks.configs.flat.recommended,
    {
      languageOptions: { parserOptions: { project: "tsconfig.json", tsconfigRootDir: import.meta.dirname } },
      rules: {
        "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
        "@typescript-eslint/no-confusing-void-expression": "off",
        "no-restricted-syntax": ["error", { selector: Array(METHODS_MAX + 1).fill("MethodDefinition").join(" ~ "), message: `A class has at most ${METHODS_MAX} methods.` }],
        "max-lines": ["error", { max: LINES_MAX, skipBlankLines: true, skipComments: true }],
        "max-lines-per-function": ["error", { max: FUNCTION_LINES_MAX, skipBlankLines: true, skipComments: true }],
      },
    },
    ...layerRules(root, layers),
    { files: ["**/*.js", "**/*.mjs"], extends: [tseslint.configs.disableTypeChecked] },
    { files: ["**/*.test.{ts,tsx}", "e2e/**"], rules: { "max-lines-per-function": "off" } },
  ).map((rules) => ({ basePath: root, ...rules }));
}

/**
 * @param {string} root
 * @param {string[][]} layers
 */
function layerRules(root, layers) {
  const folders = layers.flat();
  const found = readdirSync(join(import.meta.dirname, root, "src"), { withFileTypes: true });
  const unknown = found.filter((entry) => entry.isDirectory() && ![...folders, "testing"].includes(entry.name));
  if (unknown.length > 0) throw new Error(`Add to the layers in eslint.config.js: ${unknown.map(({ name }) => name).join(", ")}`);
  return folders.map((folder) => ({
    files: [`src/${folder}/**`],
    ignores: TESTS,
    rules: { "no-restricted-imports": ["error", { patterns: forbiddenTo(folder, layers) }] },
  }));
}

/**
 * All folders that are not below this one, and what belongs to the tests. Modules of the same folder are imported as "./module".
 *
 * @param {string} folder
 * @param {string[][]} layers
 */
function forbiddenTo(folder, layers) {
  const at = layers.findIndex((layer) => layer.includes(folder));
  const forbidden = [...layers.slice(0, at + 1).flat().filter((other) => other !== folder), "testing"];
  return [
    {
      regex: `^(?:@|(?:\\.\\.?)(?:/\\.\\.)*)/(?:src/)?(?:${forbidden.join("|")})(?:/|$)`,
      message: `src/${folder} may import only from the layers below it (eslint.config.js).`,
    },
    { regex: "^@loresmith/jobs/testing", message: "This belongs to the tests." },
  ];
}
