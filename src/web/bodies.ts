import type { HonoRequest, MiddlewareHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";

/** The largest body that any form or API call needs, by far. */
const mostBytes = 1024 * 1024;

/** Asked of a GET, a body would make the whole request be built anew. */
export const withBody = ["POST", "PUT", "PATCH", "DELETE"];

/** Files come piece by piece, and whoever takes them has a limit of their own. */
const bringsFiles = (request: HonoRequest): boolean =>
  routes.api.files.matches(request.path) ||
  (routes.startRun.matches(request.path) &&
    /^multipart\/form-data\b/i.test(request.header("Content-Type") ?? ""));

/** Takes no body that is larger than any of ours. */
export const limitedBodies = (): MiddlewareHandler => {
  const limited = bodyLimit({
    maxSize: mostBytes,
    onError: () => {
      throw new AppError("too-large", "This request is larger than Milepost takes: at most 1 MiB.");
    },
  });
  return (c, next) => (bringsFiles(c.req) ? next() : limited(c, next));
};
