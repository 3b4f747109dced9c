import { rulesFor } from "../../eslint.shared.js";

const LAYERS = [["library"], ["react"], ["core"], ["api"]];

export default rulesFor(import.meta.dirname, LAYERS, ["e2e/app", "src/api/openapi.ts"]);
