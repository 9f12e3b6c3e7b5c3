import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { AppError } from "#core/errors.ts";

const longest = 255;

/**
 * The header that makes a repeated request start one run only (IETF draft-ietf-httpapi-idempotency-key-header: a string in quotation
 * marks; without them it is taken too). Null without it. Throws AppError("bad-input").
 */
export const idempotencyKey = (header: string | undefined): string | null => {
  if (header === undefined) return null;
  const given = header.trim();
  const key = /^"(.*)"$/.exec(given)?.[1] ?? given;
  if (/^[\x21\x23-\x7e]+$/.test(key) && key.length <= longest) return key;
  throw new AppError(
    "bad-input",
    `The Idempotency-Key is not usable: it has 1 to ${longest} letters, digits and signs, without spaces; a UUID is a good one.`,
  );
};

/** Says of a repeated request that it started nothing: it is answered with the run of the first. */
export const tellAgain = (c: Pick<Context, "header">, { again = false }: { again?: boolean }): void => {
  if (again) c.header("Idempotency-Replayed", "true");
};

export const idempotencyHeader = {
  "idempotency-key": z.string().optional().openapi({
    description:
      "However often the same is asked for under the same key, it is one run, as long as that is kept. Something else under the same key is refused with 422. An answer with `Idempotency-Replayed: true` tells of the run of an earlier request.",
    example: '"8e03978e-40d5-43dd-bc93-6894a57f9324"',
  }),
};
