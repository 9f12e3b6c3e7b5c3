import { Either } from "./assumed.ts";

/** In what a real answer is other than the assumed one, a line each, with the place; none where all that we read is there. */
export const differences = (real: unknown, assumed: unknown, at = "the answer"): string[] => {
  if (assumed instanceof Either) {
    const found = assumed.examples.map((example) => differences(real, example, at));
    if (found.some((lines) => lines.length === 0)) return [];
    // Of several kinds the one that comes closest says most.
    return found.reduce((least, lines) => (depthOf(lines) > depthOf(least) ? lines : least));
  }
  if (kindOf(real) !== kindOf(assumed))
    return [`${at} is ${kindOf(real)}, and ${kindOf(assumed)} was assumed`];
  if (Array.isArray(assumed)) {
    const [example] = assumed;
    if (example === undefined) return [];
    const all = real as unknown[];
    if (all.length === 0) return [`${at} is empty, so nothing could be compared`];
    return [...new Set(all.slice(0, 50).flatMap((one) => differences(one, example, `${at}[]`)))];
  }
  if (typeof assumed !== "object" || assumed === null) return [];
  return Object.entries(assumed).flatMap(([name, example]) =>
    differences((real as Record<string, unknown>)[name], example, `${at}.${name}`),
  );
};

const depthOf = (lines: readonly string[]): number => lines[0]?.split(/[.[]/).length ?? 0;

const kindOf = (value: unknown): string => {
  if (value === undefined) return "missing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
};
