import type { MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "#core/errors.ts";

/** The largest body that any form or API call needs, by far. */
const mostBytes = 1024 * 1024;

/** Asked of a GET, a body would make the whole request be built anew. */
export const withBody = ["POST", "PUT", "PATCH", "DELETE"];

/** Takes no body that is larger than any of ours. */
export const limitedBodies = (): MiddlewareHandler =>
  bodyLimit({
    maxSize: mostBytes,
    onError: () => {
      throw new AppError("too-large", "This request is larger than Milepost takes: at most 1 MiB.");
    },
  });
