import { OpenAPIHono, z } from "@hono/zod-openapi";
import { AppError } from "#core/errors.ts";
import { foreignText } from "#core/foreign.ts";
import type { WebEnv } from "#web/deps.ts";
import { errorSchema } from "./schemas.ts";

/** A part of the API; what does not fit the schema is refused with a sentence that names the field. */
export const createRouter = (): OpenAPIHono<WebEnv> =>
  new OpenAPIHono<WebEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      const [issue] = result.error.issues;
      // Both name what was sent, which may be of any length.
      const field = foreignText(issue?.path.join(".") ?? "");
      const why = foreignText(issue?.message ?? "");
      throw new AppError(
        "bad-input",
        field === "" ? `The request is not what was expected: ${why}.` : `“${field}” is not usable: ${why}.`,
        field === "" ? {} : { field },
      );
    },
  });

/** An answer as JSON. */
export const json = <S extends z.ZodType>(schema: S, description: string) => ({
  description,
  content: { "application/json": { schema } },
});

/** A request's body as JSON, without which it is refused. So is a name that is not known: ignored, it would make another thing of what was asked. */
export const jsonBody = <S extends z.ZodType>(schema: S) => ({
  required: true,
  content: { "application/json": { schema: schema instanceof z.ZodObject ? strict(schema) : schema } },
});

/** What stands behind the “?” of an address, with the same strictness: a filter that is not known would give everything, or delete too little. */
export const query = <S extends z.ZodRawShape>(shape: S) => strict(z.object(shape));

const strict = <S extends z.ZodObject>(schema: S): S =>
  schema.clone({
    ...schema.def,
    catchall: z.never(),
    error: (issue: z.core.$ZodRawIssue) =>
      issue.code === "unrecognized_keys"
        ? `there is no ${issue.keys.map((key: string) => `“${key}”`).join(" or ")} here, only ${Object.keys(schema.shape).join(", ")}`
        : undefined,
  });

/** What every call may answer instead. */
export const refusals = {
  400: json(errorSchema, "The request cannot be used."),
  401: json(errorSchema, "Not signed in."),
  403: json(errorSchema, "Not allowed to whoever asks, or asked by a page of another site."),
  404: json(errorSchema, "There is no such thing."),
  409: json(errorSchema, "Not possible at the moment."),
  413: json(errorSchema, "The request is larger than Milepost takes: at most 1 MiB."),
  429: json(errorSchema, "More than Milepost takes of one person; `Retry-After` says when to ask again."),
};
