import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { InputPage, type InputPageProps } from "#views/input.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import type { Presses } from "#web/presses.ts";
import { offeredIn } from "#web/seen.ts";
import { type SentForm, sentForm } from "./sent-form.ts";

type Shown = Pick<InputPageProps, "values" | "error" | "preview">;

/** Changing the input of a run, starting it once more, and cancelling it to start over. */
export const inputPages = (deps: Pick<WebDeps, "engine" | "clock" | "staticFiles">, presses: Presses) => {
  const { engine, clock } = deps;
  const page = async (
    c: Context<WebEnv>,
    runId: string,
    { values, press }: Partial<SentForm>,
    shown: Shown = {},
  ) => (
    <InputPage
      {...pageProps(c, deps)}
      {...shown}
      run={await engine.picture(runId)}
      form={offeredIn(c, await engine.inputForm(runId, values, press))}
      now={clock.now()}
    />
  );
  return new Hono<WebEnv>()
    .get(routes.input.pattern, async (c) => c.html(await page(c, c.req.param("id"), {})))
    .post(routes.input.pattern, async (c) => {
      const id = c.req.param("id");
      const sent = await sentForm(c);
      const { values, does, press } = sent;
      if (does === "redraw") return c.html(await page(c, id, sent));
      try {
        if (press === "apply") {
          await engine.modify(id, values, c.get("identity").by);
          return c.redirect(routes.run.href({ id }), 303);
        }
        return c.html(await page(c, id, { values }, { preview: await engine.previewModify(id, values) }));
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code === "not-found" || thrown.code === "internal")
          throw thrown;
        const error = { message: thrown.message, field: thrown.field ?? null };
        return c.html(await page(c, id, { values }, { error }), httpStatus(thrown.code));
      }
    })
    .post(routes.clone.pattern, async (c) => {
      const [id, who] = [c.req.param("id"), c.get("identity")];
      const { once } = await sentForm(c);
      const { runId } = await presses.once(who, once ? ["clone", id] : null, () => engine.clone(id, who.by));
      return c.redirect(routes.run.href({ id: runId }), 303);
    })
    .post(routes.startOver.pattern, async (c) => {
      const [id, who] = [c.req.param("id"), c.get("identity")];
      const { once } = await sentForm(c);
      const { runId } = await presses.once(who, once ? ["over", id] : null, () =>
        engine.startOver(id, who.by),
      );
      return c.redirect(routes.run.href({ id: runId }), 303);
    });
};
