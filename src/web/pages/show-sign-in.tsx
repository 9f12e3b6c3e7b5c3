import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { passkeyPlace } from "#people/passkey-place.ts";
import { SignInPage } from "#views/sign-in.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";

export type ShowSignInDeps = Pick<WebDeps, "staticFiles" | "publicUrls" | "passkeys" | "singleSignOn">;

/** The page to sign in on, with the ways that there are at this address. */
export const showSignIn = async (
  c: Context<WebEnv>,
  { staticFiles, publicUrls, passkeys, singleSignOn }: ShowSignInDeps,
  { link = null, error = null }: { link?: string | null; error?: string | null },
  status: ContentfulStatusCode = 200,
) => {
  const found = passkeyPlace(c.req.header("Host"), publicUrls);
  const ways = {
    passkeys: "place" in found && (await passkeys.areThere(found.place)),
    provider: singleSignOn?.name ?? null,
  };
  return c.html(<SignInPage version={staticFiles.version} ways={ways} link={link} error={error} />, status);
};
