import type { MiddlewareHandler } from "hono";
import { AppError } from "#core/errors.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { personOf } from "#web/limits.ts";
import { staysOpen } from "./held-open.ts";

const againMs = 5_000;

/** Lets each person have so many event streams and WebSockets open at the same time, and refuses the next one. */
export const places = ({ limits }: Pick<WebDeps, "limits">): MiddlewareHandler<WebEnv> => {
  const taken = new Map<string, number>();
  return async (c, next) => {
    const stays = staysOpen(c);
    if (stays === undefined) return next();
    const person = personOf(c.get("identity"));
    const open = taken.get(person) ?? 0;
    if (open >= limits.streams)
      throw new AppError(
        "too-many",
        `${open} event streams and WebSockets are open for you already, and Milepost keeps no more for one person. Close some of them first.`,
        { retryAfterMs: againMs },
      );
    taken.set(person, open + 1);
    const leave = () => {
      const left = (taken.get(person) ?? 1) - 1;
      if (left > 0) taken.set(person, left);
      else taken.delete(person);
    };
    stays.once("close", leave);
    return next();
  };
};
