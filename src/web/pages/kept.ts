import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import {
  isKept,
  type Kept,
  type KeptAnswers,
  type KeptWhat,
  keptLists,
  longestKeptName,
} from "#core/kept.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { sentTexts } from "./sent-form.ts";

type KeptDeps = Pick<WebDeps, "engine" | "store" | "clock" | "newId">;

/** Keeps answers, lists and workflows at hand, and forgets them. */
export const keptPages = (deps: KeptDeps) =>
  new Hono<WebEnv>()
    .post(routes.keepAnswers.pattern, async (c) => {
      const id = c.req.param("id");
      const { workflowId } = await deps.engine.picture(id);
      const beginning = await deps.engine.beginning(id);
      await keep(c, deps, workflowId, await nameIn(c), { kind: "answers", beginning });
      return c.redirect(`${routes.workflow.href({ id: workflowId })}#kept`, 303);
    })
    .post(routes.keepWorkflow.pattern, async (c) => {
      const { id, title } = deps.engine.workflow(c.req.param("id"));
      await keep(c, deps, id, title, { kind: "workflow" });
      return c.redirect(routes.workflow.href({ id }), 303);
    })
    .post(routes.keepList.pattern, async (c) => {
      const { of: given, query = "" } = await sentTexts(c);
      const of = keptLists.find((one) => one === given);
      if (of === undefined) throw new AppError("bad-input", "There is no such list.", { field: "of" });
      const filter = Object.fromEntries(
        [...new URLSearchParams(query)].filter(([name, value]) => name !== "after" && value !== ""),
      );
      await keep(c, deps, of, await nameIn(c), { kind: "list", query: filter });
      return c.redirect(routes[of].href(filter), 303);
    })
    .post(routes.removeKept.pattern, async (c) => {
      const kept = await deps.store.kept.get(c.req.param("id"));
      if (kept !== null) {
        await deps.store.kept.remove(kept.id);
        await audit(c, deps, `no longer keeps ${words[kept.what.kind]}`, kept.name);
      }
      return c.redirect(kept === null ? routes.home.href() : placeOf(kept), 303);
    });

/** The page on which it stands. */
const placeOf = ({ of, what }: Kept): string => {
  if (what.kind !== "list") return routes.workflow.href({ id: of });
  return routes[of === "exports" ? "exports" : "runs"].href();
};

/** Throws AppError("not-found"), also where they are of another workflow than this one. */
export const keptAnswers = async (
  { store }: Pick<KeptDeps, "store">,
  id: string,
  workflowId?: string,
): Promise<KeptAnswers> => {
  const kept = await store.kept.get(id);
  const isOfIt = workflowId === undefined || kept?.of === workflowId;
  if (kept !== null && isOfIt && isKept(kept, "answers")) return kept;
  throw new AppError("not-found", "These answers are no longer kept.");
};

const words = {
  answers: "answers",
  list: "a filtered list",
  workflow: "a workflow before the others",
} as const satisfies Record<KeptWhat["kind"], string>;

const nameIn = async (c: Context<WebEnv>): Promise<string> => {
  const name = ((await sentTexts(c)).name ?? "").trim();
  const refused =
    name === ""
      ? "Say under which name to keep it."
      : name.length > longestKeptName
        ? `Give a name of at most ${longestKeptName} characters.`
        : null;
  if (refused !== null) throw new AppError("bad-input", refused, { field: "name" });
  return name;
};

const keep = async (
  c: Context<WebEnv>,
  deps: KeptDeps,
  of: string,
  name: string,
  what: KeptWhat,
): Promise<void> => {
  const keptBy = c.get("identity").name;
  await deps.store.kept.put({ id: deps.newId(), of, name, what, keptAt: deps.clock.now(), keptBy });
  await audit(c, deps, `keeps ${words[what.kind]}`, name);
};

const audit = (c: Context<WebEnv>, { store, clock }: KeptDeps, did: string, target: string): Promise<void> =>
  store.accounts.audit({ at: clock.now(), by: c.get("identity").by, did, target });
