import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { type HookCall, mostHookBytes } from "#core/hook-call.ts";
import { routes } from "#core/routes.ts";
import { tellAgain } from "./api/idempotency-key.ts";
import { createBuckets } from "./buckets.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { ownAddress } from "./own-address.ts";

/** Calls of one hook over a longer time; for a moment it may be as many as `mostAtOnce`. */
const perSecond = 1;
const mostAtOnce = 60;

type HookDeps = Pick<WebDeps, "triggers" | "clock" | "publicUrls">;

/** Takes calls from outside, of whoever knows the secret of a hook. Whether there is such a hook nobody else is told. */
export const hookCalls = (deps: HookDeps) => {
  const buckets = createBuckets({ clock: deps.clock, perSecond, holds: mostAtOnce });
  return new Hono<WebEnv>().post(routes.hook.pattern, async (c) => {
    const id = c.req.param("id");
    const body = new Uint8Array(await c.req.arrayBuffer());
    if (body.length > mostHookBytes)
      throw new AppError("too-large", `A call may bring ${mostHookBytes / 1024} KiB at most.`);
    const call: HookCall = { header: (name) => c.req.header(name), body };
    // Wrong ones are not counted: a secret is too long to guess, and behind a proxy all callers would be one.
    if (!(await deps.triggers.proves(id, call)))
      throw new AppError(
        "not-signed-in",
        "There is no such hook, or this call does not know its secret. Look at both, then call again.",
      );
    const waitMs = buckets.take(id);
    if (waitMs > 0)
      throw new AppError(
        "too-many",
        "These are more calls than a hook takes: one a second for long. Call again later.",
        {
          retryAfterMs: waitMs,
        },
      );
    const answer = await deps.triggers.receive(id, call);
    if (answer.kind === "pong") return c.json({ pong: true }, 200);
    const { runId } = answer;
    tellAgain(c, answer);
    c.header("Location", routes.api.run.href({ id: runId }));
    const page = ownAddress(c, deps, routes.run.href({ id: runId }));
    return c.json(
      { run: { id: runId, page, address: ownAddress(c, deps, routes.api.run.href({ id: runId })) } },
      202,
    );
  });
};
