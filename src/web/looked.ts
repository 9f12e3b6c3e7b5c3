import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import type { Looked } from "#core/time-left/changed.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** Who looks again within this time never looked away: pages without scripts come anew every five seconds. */
const awayMs = 20_000;
const keptSeconds = 30 * 24 * 3600;

/** A visit to a run's page: what was told when the one before ended, and what its page says that it told last. */
interface Visit {
  before: Looked | null;
  last: Looked;
}

/**
 * When this person last looked at this run in this browser, and what they were told then; null when they never did. From now on they look
 * at it, as `picture`. The browser keeps it, since each has its own and nobody else needs it; `static/looked.js` keeps it up while it shows the run.
 */
export const look = (
  c: Context<WebEnv>,
  { clock }: Pick<WebDeps, "clock">,
  { id, wholeMs }: Pick<RunPicture, "id" | "wholeMs">,
): Looked | null => {
  const name = cookieOf(c);
  const visit = visitIn(getCookie(c, name));
  const now = clock.now();
  const isAway = visit !== null && Math.abs(now - visit.last.at) > awayMs;
  const before = isAway ? visit.last : (visit?.before ?? null);
  const last = { at: now, wholeMs: wholeMs ?? visit?.last.wholeMs ?? 0 };
  setCookie(c, name, wordsOf({ before, last }), {
    path: routes.run.href({ id }),
    sameSite: "Lax",
    maxAge: keptSeconds,
  });
  return before === null || before.wholeMs === 0 ? null : before;
};

/** Two people may use one browser. */
export const cookieOf = (c: Context<WebEnv>): string => `milepost-looked-${c.get("identity").person.id}`;

const wordsOf = ({ before, last }: Visit): string =>
  [before?.at ?? 0, before?.wholeMs ?? 0, last.at, last.wholeMs].join(".");

const visitIn = (cookie: string | undefined): Visit | null => {
  const [, at, wholeMs, lastAt, lastMs] =
    /^(\d{1,15})\.(\d{1,15})\.(\d{1,15})\.(\d{1,15})$/.exec(cookie ?? "")?.map(Number) ?? [];
  if (at === undefined || wholeMs === undefined || lastAt === undefined || lastMs === undefined) return null;
  return { before: at === 0 ? null : { at, wholeMs }, last: { at: lastAt, wholeMs: lastMs } };
};
