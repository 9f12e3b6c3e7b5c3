import { type Context, Hono } from "hono";
import { isKept } from "#core/kept.ts";
import type { RunSummary } from "#core/picture.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { type Findable, FindPage, Found } from "#views/find.tsx";
import { placesOf } from "#views/frame.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { mayUse } from "#web/may.ts";
import { pageProps } from "#web/page-props.ts";
import { hiddenIn, keptIn, workflowsIn } from "#web/seen.ts";
import { rowsFor } from "#web/seen-rows.ts";

const runsShown = 8;
const againShown = 3;
const longestWords = 200;

type FindDeps = Pick<WebDeps, "engine" | "store" | "staticFiles">;

/** Leads anywhere by a few letters: a page for all browsers, and what the palette of every page shows. */
export const findPages = (deps: FindDeps) =>
  new Hono<WebEnv>().get(routes.find.pattern, async (c) => {
    const words = (c.req.query("words") ?? "").trim().slice(0, longestWords);
    const found = await find(c, deps, words);
    c.header("Cache-Control", "no-store");
    return c.html(
      answerKind(c) === "fragment" ? (
        <Found found={found} />
      ) : (
        <FindPage {...pageProps(c, deps)} words={words} found={found} />
      ),
    );
  });

const find = async (c: Context<WebEnv>, deps: FindDeps, words: string): Promise<readonly Findable[]> => {
  const { engine, store } = deps;
  const { user } = pageProps(c, deps);
  const who = c.get("identity");
  const [all, page] = await Promise.all([
    keptIn(c, deps),
    engine.runs({ limit: runsShown, hidden: hiddenIn(c), ...(words === "" ? {} : { search: words }) }),
  ]);
  const kept = all.filter((one) => mayUse(who, one));
  const { rows } = rowsFor(who, page.rows);
  const titleOf = (id: string) => engine.workflows.find((one) => one.id === id)?.title ?? id;
  const things: Findable[] = [
    ...kept
      .filter((one) => isKept(one, "answers"))
      .map(({ id, name, of }) => press(routes.startKept.href({ id }), `Start “${name}”`, titleOf(of))),
    ...kept
      .filter((one) => isKept(one, "list"))
      .map(({ name, of, what }) =>
        lead(routes[of === "exports" ? "exports" : "runs"].href(what.query), name, "a kept list"),
      ),
    ...(await store.triggers.list())
      .filter(({ workflowId }) => can(c.get("identity"), "read", { workflowId }))
      .map(({ id, name, workflowId }) =>
        lead(routes.schedule.href({ id }), name, `starts ${titleOf(workflowId)} by itself`),
      ),
    ...workflowsIn(c, deps).map(({ id, title }) => lead(routes.workflow.href({ id }), title, "start a run")),
    ...(user === null ? [] : placesOf(user)).map(({ href, label }) => lead(href, label, "a page")),
  ];
  const again = rows.filter(({ may }) => may.clone).slice(0, againShown);
  return [
    ...things.filter(({ name, about }) => holds(`${name} ${about}`, words)),
    ...rows.map((row) => lead(routes.run.href({ id: row.id }), nameOf(row), row.subject)),
    ...again.map((row) => press(routes.clone.href({ id: row.id }), `Run again: ${nameOf(row)}`, row.subject)),
  ];
};

const nameOf = ({ title, number }: RunSummary): string => `${title} #${number}`;

const lead = (href: string, name: string, about: string): Findable => ({ kind: "lead", href, name, about });
const press = (href: string, name: string, about: string): Findable => ({ kind: "press", href, name, about });

/** All words, whatever their case and order. */
const holds = (text: string, words: string): boolean =>
  words
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.toLowerCase().includes(word));
