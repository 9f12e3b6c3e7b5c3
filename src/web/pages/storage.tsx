import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { CleaningPage } from "#views/storage/cleaning.tsx";
import { StoragePage, type StoragePageProps } from "#views/storage.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { readKeep } from "#web/read-keep.ts";
import { sentTexts } from "./sent-form.ts";

type StorageDeps = Pick<WebDeps, "storage" | "engine" | "clock" | "staticFiles">;

const cleaningsShown = 30;

/** What takes room, for how long runs are kept, and cleaning up. */
export const storagePages = (deps: StorageDeps) => {
  const { storage, engine, clock } = deps;
  const page = async (c: Context<WebEnv>, error?: StoragePageProps["error"]) => {
    const [use, room, space, retention, cleanings, nextAt] = await Promise.all([
      storage.use(),
      storage.room(),
      storage.space(),
      storage.retention(),
      storage.cleanings(cleaningsShown),
      storage.nextAt(),
    ]);
    return c.html(
      <StoragePage
        {...pageProps(c, deps)}
        {...{ use, room, space, retention, cleanings, nextAt }}
        {...(error === undefined ? {} : { error })}
        workflows={engine.workflows}
        now={clock.now()}
      />,
      error === undefined ? 200 : httpStatus("bad-input"),
    );
  };
  return new Hono<WebEnv>()
    .get(routes.storage.pattern, (c) => page(c))
    .post(routes.retention.pattern, async (c) => {
      const sent = await sentTexts(c);
      const { by } = c.get("identity");
      try {
        const keep = sent.does === "usual" ? null : readKeep(sent);
        const workflowId = sent.workflow ? engine.workflow(sent.workflow).id : null;
        if (sent.hour !== undefined && Number(sent.hour) !== (await storage.retention()).hour)
          await storage.cleanAt(readHour(sent.hour), by);
        await storage.keep(workflowId, keep, by);
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code !== "bad-input") throw thrown;
        return page(c, { message: thrown.message, field: thrown.field ?? null });
      }
      return c.redirect(routes.cleaning.href(), 303);
    })
    .get(routes.cleaning.pattern, async (c) =>
      c.html(
        <CleaningPage
          {...pageProps(c, deps)}
          plan={await storage.plan()}
          workflows={engine.workflows}
          now={clock.now()}
        />,
      ),
    )
    .post(routes.cleaning.pattern, async (c) => {
      await storage.clean(c.get("identity").by);
      return c.redirect(routes.storage.href(), 303);
    });
};

const readHour = (text: string): number => {
  if (/^([01]?\d|2[0-3])$/.test(text)) return Number(text);
  throw new AppError("bad-input", "The hour must be one from 0 to 23.", { field: "hour" });
};
