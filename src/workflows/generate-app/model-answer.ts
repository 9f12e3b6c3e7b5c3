import { z } from "zod";
import { inferColumn } from "#apps/plan/infer-column.ts";
import { columnNameOf, tableNameOf } from "#apps/plan/names.ts";
import {
  type ColumnDraft,
  type PlanDraft,
  unitOf,
  withKeys,
  withTablesBetween,
} from "#apps/plan/plan-draft.ts";
import { currencyNamed } from "#apps/plan/type-words.ts";
import { type ColumnType, columnTypes } from "#apps/runtime/schema.ts";

/** What models call types that have another name here; what is none at all is told by the column's name. */
const otherNames: Readonly<Record<string, ColumnType>> = {
  ...{ string: "text", varchar: "text", enum: "text", select: "text", choice: "text", status: "text" },
  ...{ textarea: "longtext", multiline: "longtext", "long text": "longtext" },
  ...{ int: "integer", number: "decimal", float: "decimal", double: "decimal", numeric: "decimal" },
  ...{ currency: "money", price: "money", percentage: "percent" },
  ...{ bool: "boolean", checkbox: "boolean", "yes/no": "boolean" },
  ...{ datetime: "timestamp", "date-time": "timestamp", time: "timestamp" },
  ...{ foreign_key: "reference", relation: "reference", link: "url", website: "url", tel: "phone" },
};

const typeMeant = (given: unknown): ColumnType | "many" | null => {
  const word = typeof given === "string" ? given.trim().toLowerCase() : "";
  return word === "many" ? word : (columnTypes.find((one) => one === word) ?? otherNames[word] ?? null);
};

/** What a model is asked to answer: less than a schema, because the rest follows from the columns. */
export const answer = z.object({
  question: z.string().nullish(),
  choices: z.array(z.union([z.string(), z.number()])).nullish(),
  tables: z
    .array(
      z.object({
        title: z.string().min(1).max(60),
        columns: z
          .array(
            z.object({
              label: z.string().min(1).max(60),
              type: z.preprocess(typeMeant, z.enum([...columnTypes, "many"]).nullish()),
              required: z.boolean().nullish(),
              unique: z.boolean().nullish(),
              initial: z.string().max(200).nullish(),
              computed: z.string().max(500).nullish(),
              options: z.array(z.string().min(1).max(60)).max(40).nullish(),
              to: z.string().nullish(),
              currency: z.string().nullish(),
            }),
          )
          .min(1)
          .max(40),
        rules: z.array(z.string().max(500)).max(20).nullish(),
      }),
    )
    .max(20)
    .default([]),
  notes: z.array(z.string().max(300)).max(10).nullish(),
});
export type Answer = z.infer<typeof answer>;
type ModelColumn = Answer["tables"][number]["columns"][number];

export const answerSchema = z.toJSONSchema(answer, { io: "input" });

/** The answer as a person would have filled in the form of a plan. */
export const draftFrom = (tables: Answer["tables"], title: string): PlanDraft => {
  const { tables: keyed } = withKeys({
    title,
    tables: tables.map((one) => ({ key: "", title: one.title, columns: [], rules: [] })),
  });
  const keyOf = (words: string): string =>
    keyed.find((one) => one.title.toLowerCase() === words.toLowerCase())?.key ?? tableNameOf(words) ?? words;
  return withTablesBetween({
    title,
    tables: tables.map(({ columns, rules }, at) => ({
      ...{ key: keyed[at]?.key ?? "", title: keyed[at]?.title ?? "" },
      columns: columns.map((column) => columnFrom(column, keyOf)),
      rules: (rules ?? []).map((rule) => ({ rule, says: "" })),
    })),
  });
};

const columnFrom = (
  { label, type, required, unique, initial, computed, options, to, currency }: ModelColumn,
  keyOf: (title: string) => string,
): ColumnDraft => {
  const kind = type === "many" || type === "reference" ? type : to ? "reference" : null;
  const called = kind === "reference" && !/_?id$/i.test(label) ? `${label} id` : label;
  const guessed = inferColumn(columnNameOf(called) ?? "");
  const choices = (options ?? []).map((one) => one.replaceAll(",", " ").trim());
  const plain = choices.length > 0 ? "text" : (type ?? guessed.type);
  return {
    key: called === label ? "" : (columnNameOf(called) ?? ""),
    // The table between the two is called after both.
    label: kind === "many" ? "" : label,
    type: kind === null ? plain : `${kind}:${keyOf(to || label)}`,
    unit:
      plain === "money"
        ? (currencyNamed(currency ?? "") ?? "")
        : unitOf(guessed.type === plain ? guessed : {}),
    ...{ required: required ?? false, unique: unique ?? false },
    options: kind === null ? choices.join(", ") : "",
    ...{ initial: initial ?? "", computed: computed ?? "" },
  };
};
