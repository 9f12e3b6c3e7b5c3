import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { type Kept, keptLists } from "#core/kept.ts";
import { routes } from "#core/routes.ts";
import type { WebEnv } from "#web/deps.ts";
import { forget, type KeptDeps, keep, keepAnswers } from "#web/keep.ts";
import { sentTexts } from "./sent-form.ts";

/** Keeps answers, lists and workflows at hand, and forgets them. */
export const keptPages = (deps: KeptDeps) =>
  new Hono<WebEnv>()
    .post(routes.keepAnswers.pattern, async (c) => {
      const { name = "" } = await sentTexts(c);
      const { of } = await keepAnswers(deps, c.get("identity"), c.req.param("id"), name);
      return c.redirect(`${routes.workflow.href({ id: of })}#kept`, 303);
    })
    .post(routes.keepWorkflow.pattern, async (c) => {
      const { id, title } = deps.engine.workflow(c.req.param("id"));
      await keep(deps, c.get("identity"), id, title, { kind: "workflow" });
      return c.redirect(routes.workflow.href({ id }), 303);
    })
    .post(routes.keepList.pattern, async (c) => {
      const { of: given, query = "", name = "" } = await sentTexts(c);
      const of = keptLists.find((one) => one === given);
      if (of === undefined)
        throw new AppError("bad-input", "Only a list of runs or of exports can be kept.", { field: "of" });
      const filter = Object.fromEntries(
        [...new URLSearchParams(query)].filter(([key, value]) => key !== "after" && value !== ""),
      );
      await keep(deps, c.get("identity"), of, name, { kind: "list", query: filter });
      return c.redirect(routes[of].href(filter), 303);
    })
    .post(routes.removeKept.pattern, async (c) => {
      const kept = await forget(deps, c.get("identity"), c.req.param("id"));
      return c.redirect(kept === null ? routes.home.href() : placeOf(kept), 303);
    });

/** The page on which it stands. */
const placeOf = ({ of, what }: Kept): string => {
  if (what.kind !== "list") return routes.workflow.href({ id: of });
  return routes[of === "exports" ? "exports" : "runs"].href();
};
