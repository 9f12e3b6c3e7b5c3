import type { MiddlewareHandler } from "hono";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import type { Identify } from "#web/door.ts";
import { staysOpen } from "#web/turnstile.ts";

/** Node's timers know no later time; nothing is open as long as that. */
const longestTimerMs = 2 ** 31 - 1;

/**
 * Closes what is open for somebody in the moment in which they are let in no more, or no longer as they were: their session or token ended,
 * was ended, or became older than it may, they were removed, they have another role. What another process did of that is seen at the next beat.
 */
export const heldOpen =
  (
    { endings, clock, beats }: Pick<WebDeps, "endings" | "clock" | "beats">,
    identify: Identify,
  ): MiddlewareHandler<WebEnv> =>
  async (c, next) => {
    const stays = staysOpen(c);
    if (stays === undefined) return next();
    const identity = c.get("identity");
    const { endsAt } = identity;
    const close = () => stays.destroy();
    const letGo = endings.hold(identity, close);
    const callOff =
      endsAt === null ? null : clock.after(Math.min(endsAt - clock.now(), longestTimerMs), close);
    const [authorization, cookies, host] = ["Authorization", "Cookie", "Host"].map((name) =>
      c.req.header(name),
    );
    const look = async () => {
      const now = await identify(authorization, cookies, host);
      if (now?.person.role !== identity.person.role) close();
    };
    // While nobody can say who is let in, that is no reason to close.
    const leave = beats.join({ beat: () => void look().catch(() => {}), end: () => {} });
    stays.once("close", () => {
      letGo();
      leave();
      callOff?.();
    });
    return next();
  };
