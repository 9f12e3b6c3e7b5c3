import { z } from "zod";
import { inferColumn } from "#apps/plan/infer-column.ts";
import { columnNameOf, tableNameOf } from "#apps/plan/names.ts";
import {
  type ColumnDraft,
  type PlanDraft,
  type TableDraft,
  unitOf,
  withKeys,
  withoutTable,
  withTablesBetween,
} from "#apps/plan/plan-draft.ts";
import { currencyNamed, typeCalled } from "#apps/plan/type-words.ts";
import { spelled } from "#apps/runtime/csv-targets.ts";
import { columnTypes } from "#apps/runtime/kinds.ts";
import { AppError } from "#core/errors.ts";

const typeMeant = (given: unknown) =>
  typeof given === "string" ? (given.trim().toLowerCase() === "many" ? "many" : typeCalled(given)) : null;

const column = {
  label: z.string().min(1).max(60),
  type: z.preprocess(typeMeant, z.enum([...columnTypes, "many"]).nullish()),
  required: z.boolean().nullish(),
  unique: z.boolean().nullish(),
  initial: z.string().max(200).nullish(),
  computed: z.string().max(500).nullish(),
  options: z.array(z.string().min(1).max(60)).max(40).nullish(),
  to: z.string().nullish(),
  currency: z.string().nullish(),
};
const table = {
  title: z.string().min(1).max(60),
  rules: z.array(z.string().max(500)).max(20).nullish(),
};
const beside = {
  question: z.string().nullish(),
  choices: z.array(z.union([z.string(), z.number()])).nullish(),
  notes: z.array(z.string().max(300)).max(10).nullish(),
};
const key = z.string().nullish();
const tablesOf = <T extends z.ZodType>(one: T) => z.array(one).max(20).default([]);

/** What a model is asked to answer: less than a schema, because the rest follows from the columns. */
export const planAnswer = z.object({
  ...beside,
  tables: tablesOf(z.object({ ...table, columns: z.array(z.object(column)).min(1).max(40) })),
});

/** The same of a plan that is there: what is not named stays, and what goes is said. */
export const changeAnswer = z.object({
  ...beside,
  tables: tablesOf(
    z.object({
      ...{ ...table, key },
      columns: z
        .array(z.object({ ...column, key }))
        .max(40)
        .default([]),
    }),
  ),
  remove: z.array(z.string()).max(60).nullish(),
});
export type Answer = z.infer<typeof changeAnswer>;
type ModelTable = Answer["tables"][number];
type ModelColumn = ModelTable["columns"][number];

/** What an answer makes of a plan, as a person would have filled in its form. Throws AppError("bad-answer") where it contradicts itself. */
export const draftFrom = (base: PlanDraft, { tables, remove }: Answer): PlanDraft => {
  const left = (remove ?? []).reduce(without, base);
  const all = matched(left.tables, tables, ({ title }) => title);
  const keyed = withKeys({
    ...left,
    tables: all.map(([there, asked]) => ({
      ...{ key: "", columns: [], rules: [], ...there },
      title: asked?.title ?? there?.title ?? "",
    })),
  });
  const keyOf = (words: string): string =>
    keyed.tables.find((one) => isMeant(one, one.title, words))?.key ?? tableNameOf(words) ?? words;
  return withTablesBetween({
    ...keyed,
    tables: keyed.tables.map((one, at) => changed(one, all[at]?.[1], keyOf)),
  });
};

const changed = (there: TableDraft, asked: ModelTable | undefined, keyOf: (words: string) => string) => {
  if (asked === undefined) return there;
  const added = (asked.rules ?? []).filter((rule) => there.rules.every((one) => one.rule !== rule));
  return {
    ...there,
    columns: matched(there.columns, asked.columns, ({ label }) => label).flatMap(([before, now]) =>
      now === undefined ? (before ?? []) : columnFrom(now, keyOf, before),
    ),
    rules: [...there.rules, ...added.map((rule) => ({ rule, says: "" }))],
  };
};

const isMeant = ({ key }: { key: string }, called: string, words: string): boolean =>
  key === words || spelled(called) === spelled(words);

/** What is there, each with what was answered of it, and behind it what is new. Throws AppError("bad-answer") for two answers of one. */
const matched = <There extends { key: string }, Asked extends { key?: string | null | undefined }>(
  there: readonly There[],
  asked: readonly Asked[],
  calledOf: (one: Asked | There) => string,
): [There | undefined, Asked | undefined][] => {
  const found = asked.map((one) => ({
    one,
    at:
      there.find(({ key }) => key !== "" && key === one.key) ??
      there.find((other) => isMeant(other, calledOf(other), calledOf(one))),
  }));
  const twice = found.find(
    ({ at }, nth) => at !== undefined && found.findIndex((one) => one.at === at) < nth,
  );
  if (twice !== undefined)
    throw new AppError("bad-answer", `“${calledOf(twice.one)}” is there twice. Name it once.`);
  return [
    ...there.map((at): [There, Asked | undefined] => [at, found.find((one) => one.at === at)?.one]),
    ...found.flatMap(({ one, at }): [undefined, Asked][] => (at === undefined ? [[undefined, one]] : [])),
  ];
};

/** The plan without a table (“customers”), a column (“customers.phone”) or a rule by its words. Throws AppError("bad-answer"). */
const without = (draft: PlanDraft, words: string): PlanDraft => {
  const whole = draft.tables.findIndex((one) => isMeant(one, one.title, words));
  if (whole !== -1) return withoutTable(draft, whole);
  const [table = "", ...rest] = words.split(".");
  const column = rest.join(".");
  const tables = draft.tables.map((one) => {
    const isOf = table !== "" && isMeant(one, one.title, table);
    return {
      ...one,
      columns: isOf ? one.columns.filter((other) => !isMeant(other, other.label, column)) : one.columns,
      rules: one.rules.filter(({ rule }) => rule !== words),
    };
  });
  const sizeOf = (all: readonly TableDraft[]) => all.flatMap((one) => [...one.columns, ...one.rules]).length;
  if (sizeOf(tables) === sizeOf(draft.tables))
    throw new AppError("bad-answer", `There is nothing called “${words.slice(0, 60)}” to remove.`);
  return { ...draft, tables };
};

/** Of a column that is there what is not said stays, as far as its type does. */
const columnFrom = (
  { label, type, required, unique, initial, computed, options, to, currency }: ModelColumn,
  keyOf: (title: string) => string,
  before?: ColumnDraft,
): ColumnDraft => {
  const kind = type === "many" || type === "reference" ? type : to ? "reference" : null;
  const called = kind === "reference" && !/_?id$/i.test(label) ? `${label} id` : label;
  const guessed = inferColumn(columnNameOf(called) ?? "");
  const choices = options?.map((one) => one.replaceAll(",", " ").trim()).join(", ");
  const plain = choices ? "text" : (type ?? before?.type ?? guessed.type);
  const same = before?.type === plain ? before : undefined;
  const usual = same?.unit ?? (guessed.type === plain ? unitOf(guessed) : "");
  return {
    key: before?.key ?? (called === label ? "" : (columnNameOf(called) ?? "")),
    // The table between the two is called after both.
    label: kind === "many" ? "" : label,
    type:
      kind === null
        ? plain
        : kind === "reference" && !to && before
          ? before.type
          : `${kind}:${keyOf(to || label)}`,
    unit: plain === "money" ? (currencyNamed(currency ?? "") ?? same?.unit ?? "") : usual,
    required: required ?? before?.required ?? false,
    unique: unique ?? before?.unique ?? false,
    options: kind === null && plain === "text" ? (choices ?? before?.options ?? "") : "",
    initial: initial ?? same?.initial ?? "",
    computed: computed ?? before?.computed ?? "",
  };
};
