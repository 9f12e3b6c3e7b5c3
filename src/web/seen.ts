import type { Context } from "hono";
import type { Form } from "#core/form.ts";
import type { Kept } from "#core/kept.ts";
import { offered } from "#core/offered.ts";
import { can, hiddenFrom, isHidden } from "#core/rights.ts";
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

/** A form without the connections that are not for whoever asks to use. */
export const offeredIn = (c: Context<WebEnv>, form: Form): Form => {
  const who = c.get("identity");
  return offered(
    form,
    (value) => who.access.of("connection", value) !== null && !can(who, "use", { connectionId: value }),
  );
};

/** What is kept of what is there for whoever asks. */
export const keptIn = async (c: Context<WebEnv>, { store }: Pick<WebDeps, "store">): Promise<Kept[]> => {
  const hidden = hiddenIn(c);
  return (await store.kept.list()).filter(
    ({ of, what }) => !isHidden(hidden, what.kind === "list" ? (what.query.workflowId ?? "") : of),
  );
};
