import { type Context, Hono } from "hono";
import { AppError, httpStatus } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { Asked } from "#people/people.ts";
import { PeoplePage, type PeoplePageProps } from "#views/people.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { ownAddress } from "#web/own-address.ts";
import { pageProps } from "#web/page-props.ts";
import { sentTexts } from "./sent-form.ts";

type PeopleDeps = Pick<WebDeps, "people" | "singleSignOn" | "clock" | "staticFiles" | "publicUrls">;
type Shown = Pick<PeoplePageProps, "invited" | "error" | "typed">;

/** Who is here, and who may come. A link stands in the answer to the post itself: nothing else ever shows it again. */
export const peoplePages = (deps: PeopleDeps) => {
  const { people, clock } = deps;
  const page = async (c: Context<WebEnv>, shown: Shown = {}) =>
    c.html(
      <PeoplePage
        {...pageProps(c, deps)}
        {...shown}
        people={await people.list()}
        mine={c.get("identity").person.id}
        provider={deps.singleSignOn?.name ?? null}
        now={clock.now()}
      />,
      shown.error === undefined ? 200 : httpStatus("bad-input"),
    );
  const withLink = (c: Context<WebEnv>, { person, link }: Awaited<ReturnType<typeof people.invite>>) => {
    const address = ownAddress(c, deps, routes.signIn.href({ token: link }));
    return page(c, { invited: { person, link: address } });
  };
  return new Hono<WebEnv>()
    .get(routes.people.pattern, (c) => page(c))
    .post(routes.people.pattern, async (c) => {
      const asked = await askedIn(c, deps);
      try {
        return await withLink(c, await people.invite(asked, c.get("identity").by));
      } catch (thrown) {
        if (!(thrown instanceof AppError) || thrown.code !== "bad-input") throw thrown;
        const error = { message: thrown.message, field: thrown.field ?? null };
        return page(c, { error, typed: asked });
      }
    })
    .post(routes.person.pattern, async (c) => {
      await people.change(c.req.param("id"), await askedIn(c, deps), c.get("identity").by);
      return c.redirect(routes.people.href(), 303);
    })
    .post(routes.inviteAgain.pattern, async (c) =>
      withLink(c, await people.linkFor(c.req.param("id"), c.get("identity").by)),
    )
    .post(routes.removePerson.pattern, async (c) => {
      await people.remove(c.req.param("id"), c.get("identity").by);
      return c.redirect(routes.people.href(), 303);
    });
};

/** Where there is no provider, forms ask for no address, and what was kept of it stays. */
const askedIn = async (c: Context<WebEnv>, { singleSignOn }: PeopleDeps): Promise<Asked> => {
  const { name = "", role = "", email = "" } = await sentTexts(c);
  return { name, role, ...(singleSignOn === null ? {} : { email }) };
};
