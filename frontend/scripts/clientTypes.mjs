/**
 * Writes src/api/openapi.ts, the types of the API, from its OpenAPI document:
 *
 *     node scripts/clientTypes.mjs DOCUMENT [--check]
 *
 * With --check it writes nothing, and fails if the file is not what the document gives.
 */
import { readFile, writeFile } from "node:fs/promises";
import { argv, exit } from "node:process";
import { pathToFileURL } from "node:url";
import openapiTS, { astToString, COMMENT_HEADER } from "openapi-typescript";
import ts from "typescript";

const TARGET = new URL("../src/api/openapi.ts", import.meta.url);

/**
 * A property cannot refer to itself in TypeScript. Readers narrow JSON values anyway.
 *
 * @type {import("openapi-typescript").OpenAPITSOptions["transform"]}
 */
const transform = (_schema, { path }) =>
  path?.endsWith("/PrintableJson") ? ts.factory.createKeywordTypeNode(ts.SyntaxKind.UnknownKeyword) : undefined;

const ast = await openapiTS(pathToFileURL(argv[2]), { alphabetize: true, defaultNonNullable: false, transform });
const types = COMMENT_HEADER + astToString(ast);
if (!argv.includes("--check")) await writeFile(TARGET, types);
else if ((await readFile(TARGET, "utf8")) !== types) exit(1);
