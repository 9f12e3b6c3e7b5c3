/** A formula as it was understood. Nothing in it is ever run as a program. */
export type Expression =
  | { kind: "value"; value: string | number | null }
  /** A column, or by `product.price` a column of the row that a reference points to. */
  | { kind: "name"; path: readonly string[] }
  | { kind: "call"; name: FunctionName; of: readonly Expression[]; via: string | null }
  | { kind: "not" | "minus"; of: Expression }
  | { kind: "operator"; operator: Operator; left: Expression; right: Expression };

/** How many values each function takes. The first five are over the rows of another table that point to this one. */
export const functions = {
  ...{ sum: [1, 2], count: [1, 2], avg: [1, 2], min: [1, 2], max: [1, 2] },
  ...{ if: [3, 3], or_else: [2, 2], round: [1, 2], days: [2, 2], later: [2, 2], today: [0, 0], now: [0, 0] },
} as const satisfies Record<string, readonly [number, number]>;
export type FunctionName = keyof typeof functions;

/** From the loosest to the tightest. */
const levels = [["or"], ["and"], ["=", "!=", "<=", ">=", "<", ">"], ["&"], ["+", "-"], ["*", "/"]] as const;
export type Operator = (typeof levels)[number][number];

/** What is wrong with a formula or a rule, as a whole sentence. */
export class FormulaError extends Error {
  override readonly name = "FormulaError";
}

const words: Readonly<Record<string, string | number | null>> = { none: null, yes: 1, no: 0 };
const token =
  /\s*(?:(\d+(?:\.\d+)?)|'((?:[^']|'')*)'|([a-z][a-z0-9_]*(?:\.[a-z][a-z0-9_]*)*)|(<=|>=|!=|[-+*/&=<>(),]))\s*/gy;
const deepest = 30;

/**
 * Reads a formula: numbers, 'texts', columns, `+ - * /`, `&` (joins texts), comparisons, `and`, `or`, `not`, `yes`, `no`, `none`, brackets, and
 * `functions`; of rows that point here by several columns `via column` says which is meant. Throws FormulaError.
 */
export const parseExpression = (text: string): Expression => {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const peek = (): string => tokens[at] ?? "";
  const isSign = (sign: string): boolean => peek() === sign;
  const need = (sign: string): void => {
    if (!isSign(sign))
      throw new FormulaError(
        `“${text}” is not a formula: “${sign}” is missing ${peek() === "" ? "at its end" : `before “${peek()}”`}.`,
      );
    at += 1;
  };
  const level = (loosest: number): Expression => {
    const operators: readonly string[] = levels[loosest] ?? [];
    if (operators.length === 0) return single();
    let left = level(loosest + 1);
    while (operators.includes(peek())) {
      const operator = tokens[at++] as Operator;
      left = { kind: "operator", operator, left, right: level(loosest + 1) };
    }
    return left;
  };
  const single = (): Expression => {
    if (++depth > deepest * levels.length) throw new FormulaError("This formula is too long.");
    const next = peek();
    if (next === "") throw new FormulaError(`“${text}” is not a formula: its end is missing.`);
    at += 1;
    if (next === "not") return { kind: "not", of: level(2) };
    if (next === "-") return { kind: "minus", of: single() };
    if (next === "(") {
      const inside = level(0);
      need(")");
      return inside;
    }
    if (next.startsWith("'")) return { kind: "value", value: next.slice(1, -1).replaceAll("''", "'") };
    if (/^\d/.test(next)) return { kind: "value", value: Number(next) };
    if (isSign("(")) return call(next);
    if (Object.hasOwn(words, next)) return { kind: "value", value: words[next] ?? null };
    if (!/^[a-z]/.test(next) || /^(?:and|or|via)$/.test(next))
      throw new FormulaError(`“${text}” is not a formula: a value is missing before “${next}”.`);
    return { kind: "name", path: next.split(".") };
  };
  const call = (name: string): Expression => {
    if (!isFunction(name))
      throw new FormulaError(
        `There is no function “${name}”. There are ${Object.keys(functions).join(", ")}.`,
      );
    need("(");
    const of: Expression[] = [];
    let via: string | null = null;
    while (!isSign(")")) {
      of.push(level(0));
      if (isSign("via")) {
        via = tokens[at + 1] ?? "";
        at += 2;
      }
      if (!isSign(")")) need(",");
    }
    at += 1;
    const [least, most] = functions[name];
    if (of.length < least || of.length > most)
      throw new FormulaError(`“${name}” takes ${least === most ? least : `${least} or ${most}`} values.`);
    return { kind: "call", name, of, via };
  };
  const read = level(0);
  if (at < tokens.length)
    throw new FormulaError(`“${text}” is not a formula: “${peek()}” is one word too many.`);
  return read;
};

const isFunction = (name: string): name is FunctionName => Object.hasOwn(functions, name);

const tokensOf = (text: string): string[] => {
  const tokens: string[] = [];
  let end = 0;
  for (const match of text.matchAll(token)) {
    tokens.push(match[2] === undefined ? match[0].trim() : `'${match[2]}'`);
    end = match.index + match[0].length;
  }
  if (end < text.length)
    throw new FormulaError(`“${text.slice(end, end + 20)}” cannot be read in a formula.`);
  return tokens;
};
