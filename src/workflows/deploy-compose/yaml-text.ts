import { type Document, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { wrong } from "#core/fields.ts";

/** What a YAML text says, and in which line it says so. */
export interface YamlText {
  value: unknown;
  /** The line, from 1, of what is at a path; of the nearest thing above it where an alias or a merge brought it there. */
  lineOf(path: readonly (string | number)[]): number;
  /** Every text in it, comments aside. */
  texts: readonly string[];
}

/** A file may refer to a part of itself so often; what grows beyond that is no compose file. */
const mostAliases = 200;

/** Reads one document of YAML 1.2, as Dokploy does. Throws AppError("bad-input") with the line. */
export const readYaml = (text: string, field: string): YamlText => {
  if (text.length > longestFile)
    throw wrong(field, `The file has more than ${longestFile.toLocaleString("en")} characters.`);
  if (isDeep(text)) throw wrong(field, "The file is nested too deeply.");
  const counter = new LineCounter();
  const document = parsed(text, counter, field);
  const [error] = document.errors;
  if (error !== undefined && /call stack/.test(error.message))
    throw wrong(field, "The file is nested too deeply.");
  if (error !== undefined)
    throw wrong(field, `Line ${counter.linePos(error.pos[0]).line} is no YAML: ${sentence(error.message)}`);
  const texts: string[] = [];
  visit(document, {
    Scalar: (_, node) => {
      if (typeof node.value === "string") texts.push(node.value);
    },
  });
  return {
    value: readValue(document, field),
    texts,
    lineOf: (path) => {
      for (let length = path.length; length > 0; length--) {
        const at = offsetOf(document, path.slice(0, length));
        if (at !== null) return counter.linePos(at).line;
      }
      return 1;
    },
  };
};

/** Reading takes the longer the more there is, more than twice as long for twice the text. */
export const longestFile = 30_000;
const mostDepth = 200;

/** Only brackets nest in few characters. */
const isDeep = (text: string): boolean => {
  let depth = 0;
  for (const sign of text.replace(/[^[\]{}]/g, "")) {
    depth += sign === "[" || sign === "{" ? 1 : -1;
    if (depth > mostDepth) return true;
  }
  return false;
};

/** Nesting that has no end overflows the parser's stack. */
const parsed = (text: string, lineCounter: LineCounter, field: string): Document.Parsed => {
  try {
    return parseDocument(text, { lineCounter, merge: true, prettyErrors: false });
  } catch (thrown) {
    if (thrown instanceof RangeError) throw wrong(field, "The file is nested too deeply.");
    throw thrown;
  }
};

const readValue = (document: Document.Parsed, field: string): unknown => {
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (thrown) {
    // A merge of something that is no mapping, a reference to nothing, or too many of them.
    throw wrong(field, `The file cannot be read: ${sentence(thrown instanceof Error ? thrown.message : "")}`);
  }
};

const offsetOf = (document: Document.Parsed, path: readonly (string | number)[]): number | null => {
  const node = document.getIn(path, true);
  if (!isNode(node) || node.range == null) return null;
  // Of a mapping its own key is the line that a person looks for.
  if (isScalar(node) || typeof path.at(-1) === "number") return node.range[0];
  return keyOffset(document, path) ?? node.range[0];
};

const keyOffset = (document: Document.Parsed, path: readonly (string | number)[]): number | null => {
  const above = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true);
  if (above === null || typeof above !== "object" || !("items" in above)) return null;
  for (const pair of above.items as { key?: unknown }[])
    if (isScalar(pair.key) && pair.key.value === path.at(-1)) return pair.key.range?.[0] ?? null;
  return null;
};

const sentence = (message: string): string => {
  const line = message.split("\n")[0]?.trim() ?? "";
  return /[.!?]$/.test(line) ? line : `${line}.`;
};
