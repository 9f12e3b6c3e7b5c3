import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { urls } from "#core/urls.ts";
import { InputPage, type InputPageProps } from "#views/input.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { type SentForm, sentForm } from "./sent-form.ts";

type Shown = Pick<InputPageProps, "values" | "error" | "preview">;

/** Changing the input of a run, starting it once more, and cancelling it to start over. */
export const inputPages = (deps: Pick<WebDeps, "engine" | "clock" | "staticFiles">) => {
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
      form={await engine.inputForm(runId, values, press)}
      now={clock.now()}
    />
  );
  return new Hono<WebEnv>()
    .get("/runs/:id/input", async (c) => c.html(await page(c, c.req.param("id"), {})))
    .post("/runs/:id/input", async (c) => {
      const id = c.req.param("id");
      const sent = await sentForm(c);
      const { values, does, press } = sent;
      if (does === "redraw") return c.html(await page(c, id, sent));
      try {
        if (press === "apply") {
          await engine.modify(id, values, c.get("identity").name);
          return c.redirect(urls.run(id), 303);
        }
        return c.html(await page(c, id, { values }, { preview: await engine.previewModify(id, values) }));
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code === "not-found" || thrown.code === "internal")
          throw thrown;
        const error = { message: thrown.message, field: thrown.field ?? null };
        return c.html(await page(c, id, { values }, { error }), httpStatus(thrown.code));
      }
    })
    .post("/runs/:id/clone", async (c) => {
      const { runId } = await engine.clone(c.req.param("id"), c.get("identity").name);
      return c.redirect(urls.run(runId), 303);
    })
    .post("/runs/:id/start-over", async (c) => {
      const { runId } = await engine.startOver(c.req.param("id"), c.get("identity").name);
      return c.redirect(urls.run(runId), 303);
    });
};
