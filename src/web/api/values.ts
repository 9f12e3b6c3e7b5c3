import { z } from "@hono/zod-openapi";
import type { Values } from "#core/form.ts";

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

const textOf = (value: z.infer<typeof one>): string => (value === true ? "on" : String(value));
