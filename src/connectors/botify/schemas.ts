import { z } from "zod";

/**
 * The answers of Botify's API as far as we read them. Everything else in them is allowed, since Botify adds fields at will;
 * numbers may come as strings (its Swagger types `urls_done` as string).
 */

const text = z.string().nullish();

const looseNumber = z
  .union([z.number(), z.string().trim().min(1)])
  .transform(Number)
  .pipe(z.number());

const countOrNothing = z
  .union([looseNumber, z.literal("").transform(() => null)])
  .nullish()
  .transform((value) => value ?? null);

export const errorAnswer = z.looseObject({
  error: z.looseObject({
    message: text,
    error_code: z
      .union([z.string(), z.number()])
      .nullish()
      .transform((code) => (code == null ? null : String(code))),
    error_detail: z.unknown().optional(),
  }),
});

export const profileAnswer = z.looseObject({ data: z.looseObject({ username: z.string().min(1) }) });

/** One page of a paged answer. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.looseObject({ next: z.unknown().optional(), count: countOrNothing, results: z.array(row) });

const named = z.looseObject({ slug: text, username: text, login: text }).nullish();

export const projectRow = z.looseObject({
  slug: z.string().min(1),
  name: text,
  organization: named,
  user: named,
});

export const analysisRow = z.looseObject({
  slug: z.string().min(1),
  name: text,
  friendly_name: text,
  status: text,
  urls_done: countOrNothing,
  urls_in_queue: countOrNothing,
  date_launched: text,
  date_finished: text,
  date_created: text,
  to_be_deleted_at: text,
});

export const collectionsAnswer = z.array(
  z.looseObject({
    id: z.string().min(1),
    name: text,
    date: text,
    timestamped: z.boolean().nullish(),
    date_start: text,
    date_end: text,
  }),
);

export const fieldsAnswer = z.looseObject({
  datasets: z.array(
    z.looseObject({
      id: text,
      name: text,
      fields: z.array(
        z.looseObject({
          id: z.string().min(1),
          name: text,
          type: text,
          subtype: text,
          kind: text,
          group: z.unknown().optional(),
          multiple: z.boolean().nullish(),
          deprecated: z.boolean().nullish(),
        }),
      ),
    }),
  ),
});

const cell = z.unknown();

export const queryRow = z.looseObject({
  dimensions: z.array(cell).default([]),
  metrics: z.array(cell).default([]),
});

/** A metric that counts: a number, also as a string; null when nothing matched. */
export const countCell = z.union([looseNumber, z.null().transform(() => 0)]);

/** The depth of a row; null for URLs that no link leads to. */
export const depthCell = z.union([looseNumber.pipe(z.int().min(0)), z.null()]);

export const jobAnswer = z.looseObject({
  job_id: z
    .union([z.number(), z.string().min(1)])
    .nullish()
    .transform((id) => (id == null ? null : String(id))),
  job_url: text,
  job_status: z.string().min(1),
  job_type: text,
  results: z.unknown().optional(),
  payload: z.unknown().optional(),
  date_created: text,
  error: z.unknown().optional(),
  failure_reason: z.unknown().optional(),
  error_detail: z.unknown().optional(),
});
