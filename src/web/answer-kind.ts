import type { Context } from "hono";
import { isAnyOf } from "#core/route.ts";
import { forPrograms, routes } from "#core/routes.ts";
import type { WebEnv } from "./deps.ts";
import { bearerIn } from "./door.ts";

const isForPrograms = isAnyOf(forPrograms);

/** What the asker can use: a program JSON, htmx a fragment, a browser a page. */
export const answerKind = (c: Context<WebEnv>): "json" | "fragment" | "page" => {
  // Led to the sign-in page, a download by a program would save that page as its file.
  if (bearerIn(c.req.header("Authorization")) !== null) return "json";
  if (routes.api.docs.matches(c.req.path)) return "page";
  if (isForPrograms(c.req.path)) return "json";
  if (c.req.header("HX-Request") === "true") return "fragment";
  const accept = c.req.header("Accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html") ? "json" : "page";
};
