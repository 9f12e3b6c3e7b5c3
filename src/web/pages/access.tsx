import { type Context, Hono } from "hono";
import { type AccessKind, accessActs } from "#core/access.ts";
import { textsOf, type Values } from "#core/form.ts";
import { routes } from "#core/routes.ts";
import { AccessPage, onlyThese, peopleField, rolesField } from "#views/access.tsx";
import { type AccessDeps, accessObject, readAccess } from "#web/access.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { sentForm } from "./sent-form.ts";

/** Who may do what with a workflow or a connection, for admins. */
export const accessPages = (deps: AccessDeps & Pick<WebDeps, "staticFiles">) => {
  const page = async (c: Context<WebEnv>, kind: AccessKind, id: string) => {
    const object = await accessObject(deps, kind, id);
    const people = (await deps.people.list()).filter(({ role }) => role !== "admin");
    return c.html(
      <AccessPage
        {...pageProps(c, deps)}
        {...object}
        access={deps.access.of(kind, id) ?? {}}
        people={people}
      />,
    );
  };
  const say = async (c: Context<WebEnv>, kind: AccessKind, id: string) => {
    const object = await accessObject(deps, kind, id);
    const { values } = await sentForm(c);
    await deps.access.say(object, await readAccess(deps, kind, accessIn(kind, values)), c.get("identity").by);
  };
  return new Hono<WebEnv>()
    .get(routes.workflowAccess.pattern, (c) => page(c, "workflow", c.req.param("id")))
    .post(routes.workflowAccess.pattern, async (c) => {
      const id = c.req.param("id");
      await say(c, "workflow", id);
      return c.redirect(routes.workflowAccess.href({ id }), 303);
    })
    .get(routes.connectionAccess.pattern, (c) => page(c, "connection", c.req.param("id")))
    .post(routes.connectionAccess.pattern, async (c) => {
      const id = c.req.param("id");
      await say(c, "connection", id);
      return c.redirect(routes.connectionAccess.href({ id }), 303);
    });
};

const accessIn = (kind: AccessKind, values: Values): object =>
  Object.fromEntries(
    accessActs[kind]
      .filter((act) => values[act] === onlyThese)
      .map((act) => [
        act,
        { roles: textsOf(values, rolesField(act)), people: textsOf(values, peopleField(act)) },
      ]),
  );
