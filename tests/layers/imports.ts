import { readFileSync } from "node:fs";
import { parseAst } from "vitest/node";

/** A file of the house as the rules see it. */
export interface Source {
  /** "src/core/run.ts" */
  file: string;
  lines: number;
  /** What it imports, values and types alike, as it is written there: "./run.ts", "#core/run.ts", "zod". */
  imports: string[];
  exportsDefault: boolean;
  readsEnvironment: boolean;
}

/** Stands for a path that is only known when the program runs. */
export const computed = "(computed)";

export const readSource = (file: string): Source => sourceOf(file, readFileSync(file, "utf8"));

export const sourceOf = (file: string, text: string): Source => {
  const source: Source = {
    file,
    lines: text.split("\n").length - 1,
    imports: [],
    exportsDefault: false,
    readsEnvironment: false,
  };
  if (/\.tsx?$/.test(file)) visit(parseAst(text, { lang: file.endsWith("x") ? "tsx" : "ts" }, file), source);
  return source;
};

type Node = { type: string } & Record<string, unknown>;

const visit = (at: unknown, source: Source): void => {
  if (Array.isArray(at)) for (const one of at) visit(one, source);
  if (!isNode(at)) return;
  note(at, source);
  for (const child of Object.values(at)) if (typeof child === "object") visit(child, source);
};

const note = (node: Node, source: Source): void => {
  switch (node.type) {
    case "ImportDeclaration":
    case "ExportNamedDeclaration":
    case "ExportAllDeclaration":
    case "ImportExpression":
    case "TSImportType":
      if (!isNode(node.source)) break;
      source.imports.push(textOf(node.source));
      source.readsEnvironment ||= textOf(node.source) === "node:process";
      break;
    case "ExportDefaultDeclaration":
      source.exportsDefault = true;
      break;
    case "MemberExpression":
      source.readsEnvironment ||= isProcess(node.object) && nameOf(node.property) === "env";
      break;
    case "VariableDeclarator":
      source.readsEnvironment ||= isProcess(node.init);
      break;
  }
};

const isNode = (at: unknown): at is Node =>
  typeof at === "object" && at !== null && "type" in at && typeof at.type === "string";

const textOf = (source: Node): string => (typeof source.value === "string" ? source.value : computed);

/** `process`, `globalThis.process`; what takes `process` apart may take its environment too. */
const isProcess = (node: unknown): boolean =>
  nameOf(node) === "process" || (isNode(node) && nameOf(node.property) === "process");

const nameOf = (node: unknown): unknown => (isNode(node) ? (node.name ?? node.value) : undefined);
