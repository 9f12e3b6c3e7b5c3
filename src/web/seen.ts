import type { Context } from "hono";
import type { Kept } from "#core/kept.ts";
import { hiddenFrom } from "#core/rights.ts";
import type { Workflow } from "#core/workflow.ts";
import type { WebDeps, WebEnv } from "./deps.ts";

/** The workflows that are not there for whoever asks. */
export const hiddenIn = (c: Context<WebEnv>): readonly string[] => hiddenFrom(c.get("identity"));

/** Those that are. */
export const workflowsIn = (
  c: Context<WebEnv>,
  { engine }: { engine: Pick<WebDeps["engine"], "workflows"> },
): readonly Workflow[] => {
  const hidden = hiddenIn(c);
  return hidden.length === 0 ? engine.workflows : engine.workflows.filter(({ id }) => !hidden.includes(id));
};

/** What is kept of what is there for whoever asks. */
export const keptIn = async (c: Context<WebEnv>, { store }: Pick<WebDeps, "store">): Promise<Kept[]> => {
  const hidden = hiddenIn(c);
  return (await store.kept.list()).filter(({ of, what }) =>
    what.kind === "list" ? !hidden.includes(what.query.workflowId ?? "") : !hidden.includes(of),
  );
};
