import type { Context } from "hono";
import type { Identity } from "#core/accounts.ts";
import { appMaker } from "#core/needs.ts";
import { appScope } from "#core/rights.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { hiddenIn, workflowsIn } from "./seen.ts";

/** Whoever asks for an app: a token that is for this app does there what it may, as one does that is for all. */
export const asVisitor = (identity: Identity, slug: string | undefined): Identity =>
  slug !== undefined && identity.scope.workflows?.includes(appScope(slug))
    ? { ...identity, scope: { ...identity.scope, workflows: null } }
    : identity;

/** The app that a request is about. */
export const appAskedFor = (c: Context<WebEnv>): string | undefined =>
  /^\/apps\/([a-z0-9-]+)(?=\/|\.zip$|$)/.exec(c.req.path)?.[1] ??
  (c.req.path.startsWith("/api/db/") ? c.req.header("X-App-Context") : undefined);

/** What a token may be for alone, of what whoever asks can see: workflows, and apps. */
export const scopesIn = (
  c: Context<WebEnv>,
  deps: { engine: Pick<WebDeps["engine"], "workflows">; apps: Pick<WebDeps["apps"], "titles"> },
): { id: string; title: string }[] => [
  ...workflowsIn(c, deps).map(({ id, title }) => ({ id, title })),
  ...(hiddenIn(c).includes(appMaker)
    ? []
    : deps.apps.titles().map(({ slug, title }) => ({ id: appScope(slug), title: `The app “${title}”` }))),
];
