import { Hono } from "hono";
import type { Identity } from "#core/accounts.ts";
import type { Route } from "#core/route.ts";
import type { WebEnv } from "#web/deps.ts";
import type { Encoded } from "#web/encoded.ts";
import type { Counters } from "./counters.ts";
import { answerFragment } from "./fragment.ts";

/** What an open page says in the query of its poll; undefined for what it does not say. */
export type Told = (name: string) => string | undefined;

/** An address that open pages ask every two seconds. */
export interface Poll {
  route: Route;
  /** Whether a request for it is a poll, where other requests come to the same address. */
  isPoll?(told: Told): boolean;
  /**
   * What a page lacks that shows what it told; null when it shows all there is, which is known from memory, without a render and without a
   * query. Throws AppError when there is no such thing.
   */
  lacks(params: Readonly<Record<string, string>>, told: Told, who: Identity): Promise<Encoded | null>;
}

/** The same, counted. */
export const counted = (poll: Poll, counters: Pick<Counters, "pollsChanged" | "pollsUnchanged">): Poll => ({
  ...poll,
  lacks: async (...asked) => {
    const lacks = await poll.lacks(...asked);
    counters[lacks === null ? "pollsUnchanged" : "pollsChanged"] += 1;
    return lacks;
  },
});

/** Answers polls where the front has not: 204 for nothing new. */
export const pollPages = (polls: readonly Poll[]) => {
  const app = new Hono<WebEnv>();
  for (const { route, isPoll = () => true, lacks } of polls) {
    app.get(route.pattern, async (c, next) => {
      const told: Told = (name) => c.req.query(name);
      if (!isPoll(told)) return next();
      const fragment = await lacks(c.req.param(), told, c.get("identity"));
      return fragment === null ? c.body(null, 204) : answerFragment(c, fragment);
    });
  }
  return app;
};
