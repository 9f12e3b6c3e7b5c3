import { z } from "@hono/zod-openapi";
import { AppError } from "#core/errors.ts";
import type { Values } from "#core/form.ts";
import type { Workflow } from "#core/workflow.ts";

const one = z.union([z.string(), z.number(), z.boolean()]);

/** The values of a form as JSON: texts, or what programs would rather write. */
export const valuesSchema = z
  .record(z.string(), z.union([one, z.array(one)]))
  .default({})
  .openapi("Values", {
    type: "object",
    description: "By field name: a text, a number, true or false, or a list of them.",
    example: { name: "value" },
  });

/** As a browser's form would send them: a checkbox that is off is not sent. */
export const valuesOf = (given: z.infer<typeof valuesSchema>): Values =>
  Object.fromEntries(
    Object.entries(given).flatMap(([name, value]) => {
      if (value === false) return [];
      return [[name, Array.isArray(value) ? value.map(textOf) : textOf(value)]];
    }),
  );

/** The values that start a workflow. Throws AppError("bad-input") for one that it does not ask for. */
export const startValuesOf = ({ title, start }: Workflow, given: z.infer<typeof valuesSchema>): Values => {
  assertAsked(title, start.names, given);
  return valuesOf(given);
};

/** Throws AppError("bad-input") for a value that nothing asks for: whoever sends it means something by it. */
export const assertAsked = (title: string, names: readonly string[], given: object): void => {
  const asked = new Set(names);
  const unknown = Object.keys(given).find((name) => !asked.has(name));
  if (unknown === undefined) return;
  throw new AppError(
    "bad-input",
    `“${title}” has no field “${unknown.slice(0, 100)}”. It has ${names.length === 0 ? "none" : names.join(", ")}.`,
    { field: unknown },
  );
};

const textOf = (value: z.infer<typeof one>): string => (value === true ? "on" : String(value));
