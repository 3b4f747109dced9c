/** Parses diagrams with the Mermaid of the site. Reads a JSON list of diagrams; prints a list of null or what is wrong. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const root = new URL("../..", import.meta.url);
const { JSDOM } = createRequire(new URL("package.json", root))("jsdom");
const { window } = new JSDOM("<body></body>", { runScripts: "dangerously" });
const script = window.document.createElement("script");
script.textContent = readFileSync(new URL("website/node_modules/@mermaid-js/tiny/dist/mermaid.tiny.js", root), "utf8");
window.document.head.append(script);

const faults = [];
for (const diagram of JSON.parse(readFileSync(0, "utf8")))
  faults.push(await window.mermaid.parse(diagram).then(() => null, (error) => error.message));
console.log(JSON.stringify(faults));
