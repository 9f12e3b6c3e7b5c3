import { z } from "zod";
import { AppError } from "#core/errors.ts";

/** Predicates of BQL that need no nested object, see developers.botify.com/docs/predicates. */
export const predicates = [
  "eq",
  "contains",
  "starts",
  "ends",
  "re",
  "lt",
  "lte",
  "gt",
  "gte",
  "between",
  "exists",
] as const;
export type Predicate = (typeof predicates)[number];

export const predicateLabels = {
  eq: "is",
  contains: "contains",
  starts: "starts with",
  ends: "ends with",
  re: "matches the pattern",
  lt: "is less than",
  lte: "is at most",
  gt: "is greater than",
  gte: "is at least",
  between: "is between",
  exists: "has a value",
} as const satisfies Record<Predicate, string>;

export type Scalar = string | number | boolean;
export type FilterValue = Scalar | [number | string, number | string];

/** Fields are named without their collection: "depth", "metadata.title.content". */
export type Filter = { and: Filter[] } | { or: Filter[] } | { not: Filter } | Condition;

export interface Condition {
  field: string;
  predicate: Predicate;
  /** `between`: both ends, included. `exists`: absent. */
  value?: FilterValue;
}

const fieldName = z
  .string()
  .min(1)
  .max(300)
  .regex(/^[^\p{Cc}]+$/u);
const ordered = z.union([z.number(), z.string().min(1)]);

const condition = z.discriminatedUnion("predicate", [
  z.strictObject({
    field: fieldName,
    predicate: z.literal("eq"),
    value: z.union([z.string(), z.number(), z.boolean()]),
  }),
  z.strictObject({
    field: fieldName,
    predicate: z.enum(["contains", "starts", "ends", "re"]),
    value: z.string().min(1),
  }),
  z.strictObject({ field: fieldName, predicate: z.enum(["lt", "lte", "gt", "gte"]), value: ordered }),
  z.strictObject({ field: fieldName, predicate: z.literal("between"), value: z.tuple([ordered, ordered]) }),
  z.strictObject({ field: fieldName, predicate: z.literal("exists") }),
]);

const tree: z.ZodType<Filter> = z.lazy(() =>
  z.union([
    z.strictObject({ and: z.array(tree).min(1) }),
    z.strictObject({ or: z.array(tree).min(1) }),
    z.strictObject({ not: tree }),
    condition,
  ]),
);

const deepest = 10;

/** Reads a filter from outside: at most 10 levels deep, every value fitting its predicate. */
export const filterSchema: z.ZodType<Filter> = z
  .unknown()
  // Before the recursion of the tree itself, which a nest of thousands of levels would exhaust.
  .refine((value) => nesting(value) <= deepest, {
    error: `Filters may be nested at most ${deepest} levels deep.`,
    abort: true,
  })
  .pipe(tree);

const nesting = (value: unknown): number => {
  let level: unknown[] = [value];
  let levels = 0;
  while (level.length > 0 && levels <= deepest) {
    levels++;
    level = level.flatMap((one) => {
      if (typeof one !== "object" || one === null) return [];
      return [
        ...("and" in one && Array.isArray(one.and) ? one.and : []),
        ...("or" in one && Array.isArray(one.or) ? one.or : []),
        ...("not" in one ? [one.not] : []),
      ];
    });
  }
  return levels;
};

export type FieldType = "text" | "number" | "boolean" | "date" | "other";

/** Botify's many names for types, as one of the five that decide which predicates make sense. */
export const fieldType = (botifyType: string | null): FieldType => {
  const type = (botifyType ?? "").toLowerCase();
  if (/bool/.test(type)) return "boolean";
  if (/date|time/.test(type)) return "date";
  if (/int|float|double|long|number|numeric|decimal|percent|count/.test(type)) return "number";
  if (/string|text|url|keyword|enum|char/.test(type)) return "text";
  return "other";
};

const fitting = {
  text: ["eq", "contains", "starts", "ends", "re", "exists"],
  number: ["eq", "lt", "lte", "gt", "gte", "between", "exists"],
  date: ["eq", "lt", "lte", "gt", "gte", "between", "exists"],
  boolean: ["eq", "exists"],
  other: predicates,
} as const satisfies Record<FieldType, readonly Predicate[]>;

export const predicatesFor = (type: FieldType): readonly Predicate[] => fitting[type];

/**
 * A condition from what a person typed: numbers become JSON numbers, which Botify insists on ("3" fails for depth).
 * `between` takes both ends parted by a comma or "..". Throws AppError("bad-answer") naming what does not fit.
 */
export const conditionFrom = (
  field: string,
  type: FieldType,
  predicate: Predicate,
  text: string,
): Condition => {
  const wrong = (why: string) => new AppError("bad-answer", `The filter on “${field}” ${why}`);
  if (!predicatesFor(type).includes(predicate)) throw wrong(`cannot use “${predicateLabels[predicate]}”.`);
  const typed = text.trim();
  if (predicate === "exists") return { field, predicate };
  if (typed === "" && predicate !== "eq") throw wrong("needs a value.");
  if (predicate === "between") {
    const ends = typed.split(/\s*(?:,|\.\.)\s*/);
    const [from, to] = ends;
    if (ends.length !== 2 || !from || !to) throw wrong("needs two values with a comma between them.");
    return { field, predicate, value: [orderedValue(from, type, wrong), orderedValue(to, type, wrong)] };
  }
  return {
    field,
    predicate,
    value: predicate === "eq" || isOrder(predicate) ? scalarValue(typed, type, predicate, wrong) : typed,
  };
};

type Wrong = (why: string) => AppError;

const isOrder = (predicate: Predicate): boolean => ["lt", "lte", "gt", "gte"].includes(predicate);

const scalarValue = (text: string, type: FieldType, predicate: Predicate, wrong: Wrong): Scalar => {
  if (type === "boolean") {
    if (/^(true|yes|1)$/i.test(text)) return true;
    if (/^(false|no|0)$/i.test(text)) return false;
    throw wrong("needs “true” or “false”.");
  }
  return isOrder(predicate) || type === "number" ? orderedValue(text, type, wrong) : text;
};

const orderedValue = (text: string, type: FieldType, wrong: Wrong): number | string => {
  const isNumber = text !== "" && Number.isFinite(Number(text));
  if (type === "number" && !isNumber) throw wrong(`needs a number, not “${text}”.`);
  return isNumber && type !== "date" ? Number(text) : text;
};
