import type { MiddlewareHandler } from "hono";
import { AppError } from "#core/errors.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { personOf } from "#web/limits.ts";

const againMs = 5_000;

/**
 * Lets each person have so many event streams and WebSockets open at the same time, and refuses the next one. They close when the session or
 * the token that they were opened with ends.
 */
export const places = ({
  limits,
  endings,
}: Pick<WebDeps, "limits" | "endings">): MiddlewareHandler<WebEnv> => {
  const taken = new Map<string, number>();
  return async (c, next) => {
    // A WebSocket has the connection for itself; the others share it with what is asked later.
    const isSocket = c.req.header("Upgrade") !== undefined;
    const stays = isSocket ? c.env?.incoming?.socket : c.env?.outgoing;
    if (stays === undefined) return next();
    const identity = c.get("identity");
    const person = personOf(identity);
    const open = taken.get(person) ?? 0;
    if (open >= limits.streams)
      throw new AppError(
        "too-many",
        `${open} event streams and WebSockets are open for you already, and Milepost keeps no more for one person. Close some of them first.`,
        { retryAfterMs: againMs },
      );
    taken.set(person, open + 1);
    const letGo = endings.hold(identity, () => stays.destroy());
    const leave = () => {
      letGo();
      const left = (taken.get(person) ?? 1) - 1;
      if (left > 0) taken.set(person, left);
      else taken.delete(person);
    };
    stays.once("close", leave);
    return next();
  };
};
