import { createRoute, type OpenAPIHono, z } from "@hono/zod-openapi";
import { type Person, roles } from "#core/people.ts";
import { routes } from "#core/routes.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { ownAddress } from "#web/own-address.ts";
import { createRouter, json, jsonBody, refusals } from "./router.ts";

/** Who is here, and who may come. */
export const peopleApi = (deps: Pick<WebDeps, "people" | "publicUrls">): OpenAPIHono<WebEnv> => {
  const { people } = deps;
  return createRouter()
    .openapi(listRoute, async (c) => c.json({ people: (await people.list()).map(plain) }, 200))
    .openapi(inviteRoute, async (c) => {
      const { person, link } = await people.invite(c.req.valid("json"), c.get("identity").by);
      const address = ownAddress(c, deps, routes.signIn.href({ token: link }));
      return c.json({ ...plain(person), link: address }, 201);
    })
    .openapi(changeRoute, async (c) => {
      const { id } = c.req.valid("param");
      await people.change(id, c.req.valid("json"), c.get("identity").by);
      return c.json(plain(await people.get(id)), 200);
    })
    .openapi(linkRoute, async (c) => {
      const { person, link } = await people.linkFor(c.req.valid("param").id, c.get("identity").by);
      const address = ownAddress(c, deps, routes.signIn.href({ token: link }));
      return c.json({ ...plain(person), link: address }, 200);
    })
    .openapi(removeRoute, async (c) => {
      const { id } = c.req.valid("param");
      await people.remove(id, c.get("identity").by);
      return c.json({ removed: id }, 200);
    });
};

const plain = ({ id, name, role, email, createdAt, joinedAt }: Person) => ({
  id,
  name,
  role,
  email,
  createdAt,
  joinedAt,
});

const personSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role: z.enum(roles),
    email: z.string().nullable(),
    createdAt: z.number(),
    joinedAt: z.number().nullable().openapi({ description: "Null until they signed in." }),
  })
  .openapi("Person");
const invitedSchema = z
  .object({
    ...personSchema.shape,
    link: z
      .string()
      .openapi({ description: "Signs them in, once, within seven days. Nothing shows it again." }),
  })
  .openapi("InvitedPerson");
const said = z.object({ name: z.string(), role: z.enum(roles), email: z.string().optional() });
const params = z.object({ id: z.string() });
const body = jsonBody(said);

const listRoute = createRoute({
  method: "get",
  path: routes.api.people.template,
  summary: "List the people of this server",
  responses: {
    200: json(z.object({ people: z.array(personSchema) }), "In the order in which they came."),
    ...refusals,
  },
});
const inviteRoute = createRoute({
  method: "post",
  path: routes.api.people.template,
  summary: "Invite somebody",
  request: { body },
  responses: { 201: json(invitedSchema, "Who is invited, and the link that lets them in."), ...refusals },
});
const changeRoute = createRoute({
  method: "put",
  path: routes.api.person.template,
  summary: "Give somebody another name, role or address",
  request: { params, body },
  responses: { 200: json(personSchema, "As they are now."), ...refusals },
});
const linkRoute = createRoute({
  method: "post",
  path: routes.api.inviteAgain.template,
  summary: "Make another link that lets somebody in",
  request: { params },
  responses: { 200: json(invitedSchema, "The link."), ...refusals },
});
const removeRoute = createRoute({
  method: "delete",
  path: routes.api.person.template,
  summary: "Remove somebody, and end all that they have open",
  request: { params },
  responses: { 200: json(z.object({ removed: z.string() }), "They are removed."), ...refusals },
});
