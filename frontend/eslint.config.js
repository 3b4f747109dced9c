import { readdirSync } from "node:fs";
import { join } from "node:path";
import js from "@eslint/js";
import jsxA11y from "eslint-plugin-jsx-a11y";
import reactHooks from "eslint-plugin-react-hooks";
import { defineConfig } from "eslint/config";
import tseslint from "typescript-eslint";

/**
 * The folders of `src/`, from the top down. A folder may import only from lower lines.
 *
 * `testing` belongs to the tests, which may import anything. `components` and `lib` only lead to `jobs`: they are
 * the import paths that applications use.
 */
const LAYERS = [
  ["app"],
  ["worlds", "jobList", "library", "history"],
  ["wizard", "shared"],
  ["editing"],
  ["draft", "registry"],
  ["book", "ties"],
  ["kit", "components", "lib"],
  ["jobs", "lore", "emblem"],
  ["style", "api"],
];

const METHODS_MAX = 12;
const LINES_MAX = 300;
const FUNCTION_LINES_MAX = 40;

const FOLDERS = LAYERS.flat();
const TESTS = ["**/*.test.{ts,tsx}", "src/testing/**"];

function layerRules() {
  const found = readdirSync(join(import.meta.dirname, "src"), { withFileTypes: true });
  const unknown = found.filter((entry) => entry.isDirectory() && ![...FOLDERS, "testing"].includes(entry.name));
  if (unknown.length > 0) throw new Error(`Add to LAYERS in eslint.config.js: ${unknown.map(({ name }) => name).join(", ")}`);
  return FOLDERS.map((folder) => ({
    files: [`src/${folder}/**`],
    ignores: TESTS,
    rules: { "no-restricted-imports": ["error", { patterns: [forbiddenTo(folder)] }] },
  }));
}

/** All folders that are not below this one. Modules of the same folder are imported as "./module". */
function forbiddenTo(folder) {
  const at = LAYERS.findIndex((layer) => layer.includes(folder));
  const forbidden = [...LAYERS.slice(0, at + 1).flat().filter((other) => other !== folder), "testing"];
  return {
    regex: `^(?:@|(?:\\.\\.?)(?:/\\.\\.)*)/(?:src/)?(?:${forbidden.join("|")})(?:/|$)`,
    message: `src/${folder} may import only from the layers below it (LAYERS in eslint.config.js).`,
  };
}

export default defineConfig(
  { ignores: ["dist", "node_modules", "e2e/screenshots", "src/api/openapi.ts"] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  tseslint.configs.stylisticTypeChecked,
  jsxA11y.flatConfigs.strict,
  reactHooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off",
      "no-restricted-syntax": ["error", { selector: Array(METHODS_MAX + 1).fill("MethodDefinition").join(" ~ "), message: `A class has at most ${METHODS_MAX} methods.` }],
      "max-lines": ["error", { max: LINES_MAX, skipBlankLines: true, skipComments: true }],
      "max-lines-per-function": ["error", { max: FUNCTION_LINES_MAX, skipBlankLines: true, skipComments: true }],
    },
  },
  ...layerRules(),
  { files: ["**/*.js"], extends: [tseslint.configs.disableTypeChecked] },
  { files: ["**/*.test.{ts,tsx}", "e2e/**"], rules: { "max-lines-per-function": "off" } },
);
