/**
 * Writes src/api/openapi.ts, the types of the API, from the API's OpenAPI document:
 *
 *     node scripts/clientTypes.mjs DOCUMENT [--check]
 *
 * With --check it writes nothing, and fails if the file is out of date.
 *
 * The file has only the schemas that the hooks and the page use, without the names of job types and kinds: the page reads those from
 * `GET /job-types`. So a new job type does not change the file.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv, exit } from "node:process";
import { URL } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";

const TARGET = new URL("../src/api/openapi.ts", import.meta.url);

/** What is sent and received. The schemas that these refer to are written too. */
const USED = [
  "EstimateBody",
  "HistoryBody",
  "JobsBody",
  "JobTypesBody",
  "NewPiece",
  "PieceChanges",
  "PiecesBody",
  "PiecesPayload",
  "PieceVersionsBody",
  "ProblemBody",
  "RewritePiecePayload",
  "RewriteWorldPayload",
  "SharedWorldBody",
  "TrashBody",
  "UsageReportBody",
  "Webhook",
  "WorldChanges",
  "WorldPayload",
  "WorldsBody",
  "WorldVersionsBody",
];

/** @typedef {{ properties: Record<string, object> }} Schema */
/** @typedef {Record<string, Schema>} Schemas */

const REFERENCE = /"#\/components\/schemas\/([^"]+)"/g;

/**
 * Drops titles, examples and defaults, which are not types. A property with such a name is an object, and is kept.
 *
 * @param {string} key
 * @param {unknown} value
 */
function withoutNotes(key, value) {
  const isNote = typeof value !== "object" || value === null || Array.isArray(value);
  return isNote && ["title", "examples", "default"].includes(key) ? undefined : value;
}

/**
 * The schemas, with each job type as a string and the pieces of a world as a record by kind. All kinds have the same fields.
 *
 * @param {Schemas} schemas
 * @returns {Record<string, object>}
 */
function withoutJobTypes(schemas) {
  const { JobBody, NewPiece, RewriteWorldPayload, SelectedLore, WorldPayload } = schemas;
  const [kind] = Object.values(SelectedLore.properties);
  const [piece] = referencesOf(kind).map((name) => schemas[name]);
  const optionalText = { anyOf: [{ type: "string" }, { type: "null" }] };
  return {
    ...schemas,
    GivenPiece: { ...piece, properties: { ...piece.properties, type: optionalText } },
    NewPiece: { ...NewPiece, properties: { ...NewPiece.properties, kind: { type: "string" } } },
    RewriteWorldPayload: {
      ...RewriteWorldPayload,
      properties: { ...RewriteWorldPayload.properties, fields: { type: "array", items: { type: "string" } } },
    },
    JobBody: { ...JobBody, properties: { ...JobBody.properties, type: { type: "string" } } },
    // A property cannot refer to itself in TypeScript. The page checks JSON values before it uses them.
    PrintableJson: {},
    SelectedLore: { type: "object", additionalProperties: { anyOf: [{ $ref: "#/components/schemas/GivenPiece" }, { type: "null" }] } },
    WorldPayload: {
      ...WorldPayload,
      properties: { ...WorldPayload.properties, selectedLore: { $ref: "#/components/schemas/SelectedLore" } },
    },
  };
}

/**
 * Adds the named schemas, and those that they refer to, to `found`.
 *
 * @param {string[]} names
 * @param {Record<string, object>} schemas
 * @param {Record<string, object>} found
 */
function collect(names, schemas, found = {}) {
  for (const name of names.filter((each) => !(each in found))) {
    if (!(name in schemas)) throw new Error(`The document has no schema ${name}. Correct USED in scripts/clientTypes.mjs.`);
    found[name] = schemas[name];
    collect(referencesOf(schemas[name]), schemas, found);
  }
  return found;
}

/**
 * @param {object} schema
 * @returns {string[]}
 */
function referencesOf(schema) {
  return [...JSON.stringify(schema).matchAll(REFERENCE)].map(([, name]) => name);
}

/** @type {(text: string, reviver: typeof withoutNotes) => { openapi: string, components: { schemas: Schemas } }} */
const parse = JSON.parse;

const document = parse(await readFile(argv[2], "utf8"), withoutNotes);
const schemas = collect(USED, withoutJobTypes(document.components.schemas));
const reduced = { openapi: document.openapi, info: { title: "LoreSmith", version: "0" }, paths: {}, components: { schemas } };
const ast = await openapiTS(reduced, { alphabetize: true, defaultNonNullable: false });
const types = COMMENT_HEADER + astToString(ast);
if (!argv.includes("--check")) await writeFile(TARGET, types);
else if ((await readFile(TARGET, "utf8")) !== types) exit(1);
