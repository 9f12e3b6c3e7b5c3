import type { MiddlewareHandler } from "hono";
import { AppError } from "#core/errors.ts";
import { createBuckets } from "./buckets.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { burstOf, personOf } from "./limits.ts";

/** Refuses requests of one person beyond what this server takes of one. */
export const pace = ({ clock, limits }: Pick<WebDeps, "clock" | "limits">): MiddlewareHandler<WebEnv> => {
  const perSecond = limits.requestsPerSecond;
  if (!Number.isFinite(perSecond)) return (_c, next) => next();
  const buckets = createBuckets({ clock, perSecond, holds: perSecond * burstOf });
  return async (c, next) => {
    const identity = c.get("identity");
    const waitMs = identity === undefined ? 0 : buckets.take(personOf(identity));
    if (waitMs > 0)
      throw new AppError(
        "too-many",
        `These are more requests than Milepost takes of one person: ${perSecond} a second. Ask again in a moment.`,
        { retryAfterMs: waitMs },
      );
    await next();
  };
};
