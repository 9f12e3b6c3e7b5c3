import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAst } from "vitest/node";

const root = fileURLToPath(new URL("../../src/", import.meta.url));

/** A sentence with which something is refused, "…" where it names what it is about. */
export interface Refusal {
  sentence: string;
  /** The code of the error; "start" for what only the terminal is told. */
  code: string;
  /** Below src/: "main/config.ts". */
  file: string;
}

interface Node {
  type: string;
  [name: string]: unknown;
}
const isNode = (value: unknown): value is Node => typeof (value as Node | null)?.type === "string";

/** Where a function of ours makes an error of the sentence that it is given. */
interface Wrapper {
  code: string;
  at: number;
}

/** Everything that the sources can refuse, in the order of files. The stand-ins' own words are those of other systems. */
export const refusals = (): Refusal[] => {
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path) && !path.startsWith("sandbox/"))
    .sort()
    .map((path) => {
      const lang = path.endsWith("x") ? "tsx" : "ts";
      const tree = parseAst(readFileSync(root + path, "utf8"), { lang }) as unknown as Node;
      return { path, nodes: below(tree) };
    });
  const wrappers = new Map(files.flatMap(({ nodes }) => wrappersIn(nodes)));
  const found = files.flatMap(({ path, nodes }) =>
    nodes.flatMap((node) =>
      [...saidBy(node, wrappers, path), ...saidForSystem(node, path)].flatMap(({ code, sentence }) =>
        textsOf(sentence, nodes, 0)
          .map((text) => text.replaceAll(/(…\s*)+/g, (dots) => (/\s$/.test(dots) ? "… " : "…")).trim())
          .filter((text) => /[a-z]{2,} [^…]*[a-z]{2,}/.test(text))
          .map((text) => ({ sentence: text, code, file: path })),
      ),
    ),
  );
  const seen = new Set<string>();
  return found.filter(({ sentence, file }) => {
    const key = `${file.split("/").slice(0, 2).join("/")} ${sentence}`;
    return !seen.has(key) && seen.add(key);
  });
};

/** What is said at the terminal where the system, or SQLite, only has a code: each is a function in a table by that code. */
const saidForSystem = ({ type, value }: Node, path: string): { code: string; sentence: Node }[] =>
  path === "main/words-for.ts" && type === "Property" && isNode(value) && isNode(value.body)
    ? [{ code: "start", sentence: value.body }]
    : [];

const below = (node: Node): Node[] => [
  node,
  ...Object.values(node).flatMap((value) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).flatMap(below),
  ),
];

/** What a node refuses with: `new AppError(…)`, a plain error of `main/`, a call of a wrapper, the `says` of a field's shape. */
const saidBy = (
  node: Node,
  wrappers: ReadonlyMap<string, Wrapper>,
  path: string,
): { code: string; sentence: Node }[] => {
  const args = (node.arguments ?? []) as Node[];
  const callee = isNode(node.callee) ? String(node.callee.name) : "";
  const told = (code: string, sentence: Node | undefined) =>
    sentence === undefined ? [] : [{ code, sentence }];
  if (node.type === "NewExpression" && callee === "AppError") return told(codeOf(args[0]), args[1]);
  if (node.type === "NewExpression" && callee === "Error" && path.startsWith("main/"))
    return told("start", args[0]);
  const wrapper = node.type === "CallExpression" ? wrappers.get(callee) : undefined;
  if (wrapper !== undefined) return told(wrapper.code, args[wrapper.at]);
  if (node.type === "Property" && isNode(node.key) && node.key.name === "says" && isNode(node.value))
    return told("bad-input", node.value);
  return [];
};

const codeOf = (node: Node | undefined): string =>
  node?.type === "Literal" ? String(node.value) : node === undefined ? "" : codesIn(node);

const codesIn = (node: Node): string =>
  below(node)
    .filter(({ type, value }) => type === "Literal" && /^[a-z-]+$/.test(String(value)))
    .map(({ value }) => String(value))
    .join(", ") || "as it was";

const wrappersIn = (nodes: readonly Node[]): [string, Wrapper][] =>
  functionsIn(nodes).flatMap(({ name, params, body }) =>
    below(body)
      .filter(({ type, callee }) => type === "NewExpression" && isNode(callee) && callee.name === "AppError")
      .flatMap(({ arguments: args }): [string, Wrapper][] => {
        const [code, sentence] = args as Node[];
        const at = params.findIndex((one) => sentence?.type === "Identifier" && one.name === sentence.name);
        return at < 0 ? [] : [[name, { code: codeOf(code), at }]];
      }),
  );

const functionsIn = (nodes: readonly Node[]): { name: string; params: Node[]; body: Node }[] =>
  nodes.flatMap((node) => {
    const made = node.type === "VariableDeclarator" ? node.init : node;
    const named = node.type === "VariableDeclarator" || node.type === "FunctionDeclaration" ? node.id : null;
    if (!isNode(made) || !isNode(named) || !isNode(made.body)) return [];
    return [{ name: String(named.name), params: (made.params ?? []) as Node[], body: made.body }];
  });

/** What an expression may say, as far as its own file tells. */
const textsOf = (node: Node | undefined, nodes: readonly Node[], depth: number): string[] => {
  if (node === undefined || depth > 4) return [];
  const of = (part: unknown) => (isNode(part) ? textsOf(part, nodes, depth + 1) : []);
  const either = (...parts: unknown[]) => parts.flatMap(of);
  switch (node.type) {
    case "Literal":
      return typeof node.value === "string" ? [node.value] : [];
    case "TemplateLiteral":
      return [(node.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join("…")];
    case "ConditionalExpression":
      return either(node.consequent, node.alternate);
    case "LogicalExpression":
      return either(node.left, node.right);
    case "BinaryExpression":
      return joined(of(node.left), of(node.right));
    case "Identifier":
      return either(
        nodes.find((one) => one.type === "VariableDeclarator" && isNode(one.id) && one.id.name === node.name)
          ?.init,
      );
    case "MemberExpression":
      return node.computed === true ? valuesOf(node.object as Node, nodes).flatMap(of) : [];
    case "CallExpression": {
      const called = functionsIn(nodes).find(({ name }) => isNode(node.callee) && name === node.callee.name);
      if (called === undefined) return [];
      if (called.body.type !== "BlockStatement") return of(called.body);
      return either(
        ...below(called.body)
          .filter(({ type }) => type === "ReturnStatement")
          .map(({ argument }) => argument),
      );
    }
    default:
      return either(node.expression);
  }
};

const joined = (left: readonly string[], right: readonly string[]): string[] =>
  (left.length === 0 ? ["…"] : left).flatMap((one) =>
    (right.length === 0 ? ["…"] : right).map((two) => one + two),
  );

/** The values of a table that stands in the same file. */
const valuesOf = (table: Node, nodes: readonly Node[]): Node[] => {
  const made = nodes.find(
    (one) => one.type === "VariableDeclarator" && isNode(one.id) && one.id.name === table.name,
  )?.init;
  const object = isNode(made) ? below(made).find(({ type }) => type === "ObjectExpression") : undefined;
  return ((object?.properties ?? []) as Node[]).flatMap(({ value }) => (isNode(value) ? [value] : []));
};
