/**
 * `node website/hooks_reference.mjs`: prints the React hooks reference, from the types and comments of the library's exports.
 */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const found = (...paths) => root + paths.find((path) => existsSync(root + path));
const ts = createRequire(found("frontend/package.json"))("typescript");
const entry = found("packages/jobs/src/index.ts", "frontend/src/jobs/index.ts");
const folder = found("packages/jobs/tsconfig.json", "frontend/tsconfig.json");

const config = ts.parseJsonConfigFileContent(
  ts.readConfigFile(folder, ts.sys.readFile).config,
  ts.sys,
  folder.replace(/tsconfig\.json$/, ""),
);
const program = ts.createProgram([entry], { ...config.options, noEmit: true });
const checker = program.getTypeChecker();
const F = ts.SymbolFlags;

/** The chapters, in the order of the page: title, and which names belong to it. */
const CHAPTERS = [
  ["Hooks", (name, flags) => name.startsWith("use") && flags & F.Function],
  ["Components", (name, flags) => /^[A-Z]/.test(name) && flags & F.Function],
  ["Functions", (_name, flags) => flags & F.Function],
  ["Errors", (_name, flags) => flags & F.Class],
  ["Constants", (_name, flags) => flags & F.Variable],
  ["Types", () => true],
];

function exported() {
  const module = checker.getSymbolAtLocation(program.getSourceFile(entry));
  return checker.getExportsOfModule(module).map((symbol) => {
    const target = symbol.flags & F.Alias ? checker.getAliasedSymbol(symbol) : symbol;
    return { name: symbol.name, symbol: target, flags: target.flags };
  });
}

const printer = ts.createPrinter({ removeComments: true });
const comment = (symbol) => ts.displayPartsToString(symbol.getDocumentationComment(checker)).trim();
// A browser reads an unescaped `<Name>` as a tag, and does not show it.
const linked = (words) => words.replace(/\{@link (\w+)[^}]*\}/g, "`$1`").replace(/`[^`]*`|</g, (found) => (found === "<" ? "&lt;" : found));
const text = (words) => linked(words.replace(/\s+/g, " ")).replace(/\|/g, "\\|");

function declaration({ name, symbol, flags }) {
  if (flags & F.Function)
    return symbol.declarations
      .filter((node) => ts.isFunctionDeclaration(node))
      .map((node) => `function ${name}${signature(node)}`)
      .join("\n");
  if (flags & F.Variable) return `const ${name}: ${checker.typeToString(checker.getTypeOfSymbol(symbol))}`;
  const node = symbol.declarations[0];
  if (ts.isClassDeclaration(node)) return classHead(node);
  return printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile()).replace(/^export (default )?/, "");
}

/** A long signature has each parameter on its own line. */
function signature(node) {
  const form = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.UseAliasDefinedOutsideCurrentScope;
  const text = (each) => printer.printNode(ts.EmitHint.Unspecified, each, node.getSourceFile());
  const types = node.typeParameters ? `<${node.typeParameters.map(text).join(", ")}>` : "";
  const inferred = () => checker.typeToString(checker.getSignatureFromDeclaration(node).getReturnType(), node, form);
  const result = node.type ? text(node.type) : inferred();
  const parameters = node.parameters.map((each) => text(each).replace(/\s+/g, " "));
  const short = `${types}(${parameters.join(", ")}): ${result}`;
  return short.length < 80 ? short : `${types}(\n${parameters.map((each) => `  ${each},\n`).join("")}): ${result}`;
}

function classHead(node) {
  const bare = ts.factory.updateClassDeclaration(node, undefined, node.name, node.typeParameters, node.heritageClauses, []);
  return printer.printNode(ts.EmitHint.Unspecified, bare, node.getSourceFile()).replace(/\s*\{\s*\}$/, "");
}

/** The fields and methods that have a comment: those of the type, or of the function's parameters. */
function* members({ symbol, flags }) {
  const types = flags & F.Function ? parameterTypes(symbol) : [checker.getDeclaredTypeOfSymbol(symbol)];
  const rows = types
    .flatMap((type) => (type.isUnion() ? [] : type.getProperties()))
    .filter((member) => comment(member) && member.declarations?.some((node) => node.getSourceFile().fileName.startsWith(root)))
    .map((member) => `| \`${member.name}\` | ${text(comment(member))} |`);
  if (rows.length) yield `| name | meaning |\n|---|---|\n${rows.join("\n")}\n`;
}

function parameterTypes(symbol) {
  const node = symbol.declarations.find((each) => ts.isFunctionDeclaration(each));
  return node?.parameters.filter((each) => ts.isObjectBindingPattern(each.name)).map((each) => checker.getTypeAtLocation(each)) ?? [];
}

function* page() {
  yield "# React hooks\n\nEverything that the package `@loresmith/jobs` exports, generated from its types when this site was built. The [guide](../../packages/jobs/README.md)\nexplains how to use it.\n";
  const left = new Set(exported());
  for (const [title, belongs] of CHAPTERS) {
    const here = [...left].filter(({ name, flags }) => belongs(name, flags)).sort((a, b) => a.name.localeCompare(b.name));
    if (here.length) yield `## ${title}\n`;
    for (const each of here) {
      left.delete(each);
      yield `### ${each.name}\n`;
      if (comment(each.symbol)) yield `${linked(comment(each.symbol))}\n`;
      yield `\`\`\`ts\n${declaration(each)}\n\`\`\`\n`;
      yield* members(each);
    }
  }
}

process.stdout.write([...page()].join("\n") + "\n");
