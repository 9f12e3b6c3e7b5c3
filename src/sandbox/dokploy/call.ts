import { z } from "zod";
import { ApiError } from "./api-error.ts";

/** One procedure of the API: how it is asked, and what it does with what came. */
export interface Call {
  method: "GET" | "POST";
  /** Undefined is answered with an empty body. Throws ApiError. */
  answer(raw: unknown): unknown;
}

/** By name, "project.create". */
export type Calls = Readonly<Record<string, Call>>;

export const query = <T extends z.ZodType>(input: T, answer: (input: z.output<T>) => unknown): Call => ({
  method: "GET",
  answer: (raw) => answer(checked(input, raw)),
});

export const mutation = <T extends z.ZodType>(input: T, answer: (input: z.output<T>) => unknown): Call => ({
  method: "POST",
  answer: (raw) => answer(checked(input, raw)),
});

/** An id as Dokploy wants it: any text that is not empty. */
export const id = z.string().min(1);

export const tail = z.coerce.number().int().min(1).max(10_000).default(100);

const checked = <T extends z.ZodType>(schema: T, raw: unknown): z.output<T> => {
  const read = schema.safeParse(raw);
  if (!read.success) throw new ApiError("BAD_REQUEST", "Input validation failed", read.error);
  return read.data;
};
