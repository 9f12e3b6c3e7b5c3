import { type Context, Hono } from "hono";
import type { Identity } from "#core/accounts.ts";
import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import { type PasskeyPlace, passkeyPlace } from "#people/passkey-place.ts";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { enter, whenceOf } from "#web/enter.ts";
import type { Tries } from "#web/tries.ts";
import { whoseOf } from "#web/whose.ts";
import { sentTexts } from "./sent-form.ts";
import { type ShowSignInDeps, showSignIn } from "./show-sign-in.tsx";

const refused =
  "This passkey lets nobody in here: it was removed, or what it signed came too late or twice. Try again, or use a link.";

/** Passkeys: people add and remove their own, and whoever has one signs in with it. */
export const passkeyPages = (
  deps: Pick<WebDeps, "sessionCookie" | "log"> & ShowSignInDeps,
  tries: Pick<Tries, "look">,
) => {
  const { passkeys, publicUrls } = deps;
  const placeOf = (c: Context<WebEnv>): PasskeyPlace => {
    const found = passkeyPlace(c.req.header("Host"), publicUrls);
    if ("why" in found) throw new AppError("not-allowed-now", found.why);
    return found.place;
  };
  return new Hono<WebEnv>()
    .get(routes.passkeySignIn.pattern, async (c) => c.json(await passkeys.toSignIn(placeOf(c))))
    .post(routes.passkeySignIn.pattern, async (c) => {
      const place = placeOf(c);
      const { passkey = "" } = await sentTexts(c);
      const session = await tries.look(c, passkey, () => passkeys.signIn(passkey, place, whenceOf(c)));
      return session === null ? showSignIn(c, deps, { error: refused }, 401) : enter(c, session, deps);
    })
    .get(routes.passkeys.pattern, async (c) =>
      c.json(await passkeys.toAdd(assertPerson(c.get("identity")).person, placeOf(c))),
    )
    .post(routes.passkeys.pattern, async (c) => {
      const { passkey = "", name = "" } = await sentTexts(c);
      await passkeys.add(passkey, name, assertPerson(c.get("identity")).by, placeOf(c));
      return c.redirect(routes.settings.href(), 303);
    })
    .post(routes.removePasskey.pattern, async (c) => {
      const identity = c.get("identity");
      await passkeys.remove(c.req.param("id"), identity.by, whoseOf(identity));
      return c.redirect(routes.settings.href(), 303);
    });
};

/** What came in by a token ends with the token, and a passkey would not. */
export const whyNoPasskey = ({ by }: Identity): string | null =>
  by.kind === "person"
    ? null
    : "You signed in with a token, and a passkey would outlive it. Sign in by a link or your provider, then add the passkey.";

const assertPerson = (identity: Identity): Identity => {
  const why = whyNoPasskey(identity);
  if (why !== null) throw new AppError("not-allowed-now", why);
  return identity;
};
