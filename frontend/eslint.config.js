import { rulesFor } from "../eslint.shared.js";

/** `components` and `lib` only lead to `@loresmith/jobs`: they are the import paths that applications use. */
const LAYERS = [
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

export default rulesFor(import.meta.dirname, LAYERS, ["e2e/screenshots"]);
