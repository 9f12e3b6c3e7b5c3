import { Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { textOf } from "#core/form.ts";
import { placeOf } from "#core/items-seen.ts";
import { routes } from "#core/routes.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { ItemsPage } from "#views/items.tsx";
import type { WebEnv } from "#web/deps.ts";
import type { RunViews } from "#web/live/run-views.tsx";
import { pageProps } from "#web/page-props.ts";
import { showAfter } from "./controls.ts";
import type { RunPageDeps } from "./run.tsx";
import { sentForm } from "./sent-form.ts";

/** The items of a step: all of them, page by page, and going on without one. */
export const itemPages = (deps: RunPageDeps, views: RunViews) =>
  new Hono<WebEnv>()
    .get(routes.items.pattern, async (c) => {
      const { id, step: stepId } = c.req.param();
      const after = c.req.query("after") ?? "";
      const whole = await deps.engine.picture(id);
      const items = await deps.engine.items(id, stepId, placeOf(after));
      const at = { ...whole, steps: whole.steps.map((one) => (one.id === stepId ? { ...one, items } : one)) };
      const identity = c.get("identity");
      const picture = seenBy(at, permitsOf(identity, at));
      const step = picture.steps.find((one) => one.id === stepId);
      if (step === undefined) throw new AppError("not-found", "There is no such step.");
      return c.html(
        <ItemsPage
          {...pageProps(c, deps)}
          picture={picture}
          step={step}
          items={step.items ?? items}
          after={after}
          now={deps.clock.now()}
        />,
      );
    })
    .post(routes.skipItem.pattern, async (c) => {
      const { id, step } = c.req.param();
      const { values } = await sentForm(c);
      await deps.engine.skipItem(id, step, textOf(values, "key"), c.get("identity").by);
      return showAfter(c, deps, views, id);
    })
    .post(routes.retryItems.pattern, async (c) => {
      const { id, step } = c.req.param();
      await deps.engine.retryItems(id, step, c.get("identity").by);
      return showAfter(c, deps, views, id);
    });
