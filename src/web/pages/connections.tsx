import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import {
  ConnectionFormPage,
  type ConnectionFormPageProps,
  ConnectionRow,
  ConnectionsPage,
} from "#views/connections.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { answerKind } from "#web/door.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

type ConnectionDeps = Pick<WebDeps, "engine" | "connections" | "messengers" | "clock" | "staticFiles">;
type FormProps = Omit<ConnectionFormPageProps, "user" | "version">;

/** The systems that runs work with. Secrets come in here and are never shown again. */
export const connectionPages = (deps: ConnectionDeps) => {
  const { engine, connections, messengers, clock } = deps;
  const deaf = () =>
    new Map(
      messengers
        .lines()
        .flatMap(({ connectionId, hears }) =>
          hears === null || hears.ok ? [] : [[connectionId, hears.because ?? "the server's log says why."]],
        ),
    );
  const form = (c: Context<WebEnv>, props: FormProps, isRefused = props.error !== undefined) =>
    c.html(
      <ConnectionFormPage {...pageProps(c, deps)} {...props} />,
      isRefused ? httpStatus("bad-input") : 200,
    );
  /** The run that led here, because it failed for what stands here; undefined: none did, or it is at work again. */
  const ledBy = async (c: Context<WebEnv>) => {
    const id = c.req.query("run");
    const picture = id === undefined ? null : await engine.picture(id).catch(() => null);
    return picture?.state === "failed" && picture.error !== null ? picture : undefined;
  };
  const test = (c: Context<WebEnv>, id: string) => connections.test(id, c.req.raw.signal);

  return new Hono<WebEnv>()
    .get(routes.connections.pattern, async (c) =>
      c.html(
        <ConnectionsPage
          {...pageProps(c, deps)}
          connections={await connections.all()}
          kinds={connections.kinds}
          deaf={deaf()}
          now={clock.now()}
        />,
      ),
    )
    .post(routes.connections.pattern, async (c) => {
      const { kind: kindName = "", name = "", ...values } = await sentTexts(c);
      const kind = connections.kind(kindName);
      let id: string;
      try {
        id = (await connections.add(kindName, name, values, c.get("identity").by)).id;
      } catch (thrown) {
        return form(c, { kind, name, values, error: wrongField(thrown) });
      }
      await test(c, id);
      return c.redirect(routes.connections.href(), 303);
    })
    .get(routes.newConnection.pattern, (c) => form(c, { kind: connections.kind(c.req.query("kind") ?? "") }))
    .get(routes.connection.pattern, async (c) => {
      const { id, kind, name, values } = await connections.get(c.req.param("id"));
      const run = await ledBy(c);
      const shown = { id, kind: connections.kind(kind), name, values, run: run?.id };
      return form(c, { ...shown, error: run?.error ?? undefined }, false);
    })
    .post(routes.connection.pattern, async (c) => {
      const id = c.req.param("id");
      const { name = "", kind: _, ...values } = await sentTexts(c);
      const kind = connections.kind((await connections.get(id)).kind);
      const run = await ledBy(c);
      try {
        await connections.change(id, name, values, c.get("identity").by);
      } catch (thrown) {
        return form(c, { id, kind, name, values, run: run?.id, error: wrongField(thrown) });
      }
      const { lastTest } = await test(c, id);
      const isMended = run !== undefined && lastTest?.ok === true;
      return c.redirect(isMended ? routes.run.href(run) : routes.connections.href(), 303);
    })
    .post(routes.testConnection.pattern, async (c) => {
      const connection = await test(c, c.req.param("id"));
      if (answerKind(c) !== "fragment") return c.redirect(routes.connections.href(), 303);
      const why = deaf().get(connection.id);
      return c.html(
        <ConnectionRow connection={connection} kinds={connections.kinds} deaf={why} now={clock.now()} />,
      );
    })
    .post(routes.acceptOffer.pattern, async (c) => {
      const { id } = await connections.accept(c.req.param("id"), c.get("identity").by);
      await test(c, id);
      return c.redirect(routes.connections.href(), 303);
    })
    .post(routes.removeConnection.pattern, async (c) => {
      await connections.remove(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.connections.href(), 303);
    });
};

const wrongField = (thrown: unknown): NonNullable<FormProps["error"]> => {
  if (thrown instanceof AppError && thrown.code === "bad-input")
    return { message: thrown.message, field: thrown.field ?? null };
  throw thrown;
};
