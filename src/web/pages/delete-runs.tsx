import { type Context, Hono } from "hono";
import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import { textsOf } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { assertMay } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { DeleteRunsPage } from "#views/delete-runs.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { assertMayControl } from "#web/may.ts";
import { pageProps } from "#web/page-props.ts";
import { sentForm } from "./sent-form.ts";

type DeleteDeps = Pick<WebDeps, "engine" | "store" | "clock" | "staticFiles">;

/** Deletes the runs that were chosen in a list: asks once, saying what goes and what stays, then says how that went. */
export const deleteRunsPages = (deps: DeleteDeps) =>
  new Hono<WebEnv>().post(routes.deleteRuns.pattern, async (c) => {
    const { values } = await sentForm(c);
    const ids = [...new Set(textsOf(values, "run"))];
    if (ids.length === 0) throw new AppError("bad-input", "Choose the runs first, then delete them.");
    const asked = await lookAt(c, deps, ids);
    if (textsOf(values, "sure")[0] !== "yes")
      return c.html(<DeleteRunsPage {...pageProps(c, deps)} asked={asked} now={deps.clock.now()} />);
    const { by } = c.get("identity");
    const exports = textsOf(values, "exports")[0] === "yes";
    const done = await removeEach(
      deps,
      asked.going.map(({ id }) => id),
      by,
      exports,
    );
    return c.html(
      <DeleteRunsPage
        {...pageProps(c, deps)}
        done={{ ...done, refused: [...asked.refused, ...done.refused] }}
        now={deps.clock.now()}
      />,
    );
  });

const isGone = "One of them is not there any more.";

const lookAt = async (c: Context<WebEnv>, { store }: DeleteDeps, ids: readonly string[]) => {
  const found: RunWithSteps[] = [];
  const refused: string[] = [];
  for (const id of ids) {
    const at = await store.run(id);
    const why = at === null ? isGone : await refusalOf(c, store, at);
    if (at !== null && why === null) found.push(at);
    // Of what is not there for whoever asks, not even the name is told.
    else refused.push(at === null || why === isGone ? isGone : `${nameOf(at)}: ${why}`);
  }
  const exports = await store.removal.exportsOf(found.map(({ run }) => run.id));
  return {
    going: found.map((at) => ({ id: at.run.id, name: nameOf(at), subject: at.run.subject, steps: at.steps })),
    files: exports.filter(({ filePath }) => filePath !== null).length,
    refused,
  };
};

const refusalOf = async (
  c: Context<WebEnv>,
  store: DeleteDeps["store"],
  at: RunWithSteps,
): Promise<string | null> => {
  try {
    await assertMayControl(c.get("identity"), at.run.id, store);
    assertMay("delete", at);
    return null;
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return thrown.code === "not-found" ? isGone : thrown.message;
  }
};

const removeEach = async ({ engine }: DeleteDeps, ids: readonly string[], by: Actor, exports: boolean) => {
  const removals = await engine.remove(ids, by, { exports });
  return {
    deleted: removals.filter(({ refused }) => refused === null).length,
    files: removals.reduce((sum, one) => sum + one.exports, 0),
    refused: removals.flatMap(({ refused, run }) =>
      refused === null
        ? []
        : [`${run === null ? "A run" : `${run.title} #${run.number}`}: ${refused.message}`],
    ),
  };
};

const nameOf = ({ run }: RunWithSteps): string => `${run.title} #${run.number}`;
