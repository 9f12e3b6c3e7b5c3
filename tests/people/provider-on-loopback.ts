import { generateKeyPairSync } from "node:crypto";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { Provider } from "oidc-provider";

export const client = { id: "milepost", secret: "a-secret-of-the-client" };

/** A key as providers keep theirs. */
export const newKey = (kid: string) => ({
  ...generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" }),
  kid,
  use: "sig",
  alg: "RS256",
});
/** Made once, because it takes a while. */
const key = newKey("k1");

/** What the provider tells of each of its people, by their subject. */
export type Directory = Record<string, Record<string, unknown>>;

/**
 * A real OpenID Connect provider on loopback, in which whoever comes is signed in as `signedIn` without being asked. Addresses and groups it
 * tells only at its userinfo endpoint, as its library does.
 */
export const openProvider = async (directory: Directory, back: string, leftTo: string) => {
  const http = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  const state = { signedIn: Object.keys(directory)[0] ?? "", refuses: false };
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: [back],
        post_logout_redirect_uris: [leftTo],
      },
    ],
    jwks: { keys: [key as never] },
    cookies: { keys: ["of a test"] },
    claims: {
      openid: ["sub"],
      email: ["email", "email_verified"],
      profile: ["name", "groups", "realm_access"],
    },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    ttl: { Interaction: 600, Grant: 600, Session: 600, AccessToken: 600, IdToken: 600 },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ sub, ...directory[sub] }) }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new provider.Grant({
        clientId: oidc.client?.clientId ?? "",
        accountId: oidc.session?.accountId ?? "",
      });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  const library = provider.callback();
  const answer: RequestListener = async (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return library(request, response);
    const result = state.refuses
      ? { error: "access_denied", error_description: "Ada, you are <b>not</b> for this\u202e." }
      : { login: { accountId: state.signedIn, remember: false } };
    return provider.interactionFinished(request, response, result);
  };
  return {
    issuer,
    state,
    key,
    close: () => new Promise<void>((resolve) => void http.close(() => resolve())),
  };
};

export type LoopbackProvider = Awaited<ReturnType<typeof openProvider>>;

/** Goes the way of a browser at the provider, with its cookies, until it is sent back to Milepost: that address. */
export const passThrough = async (address: string, issuer: string): Promise<URL> => {
  const cookies = new Map<string, string>();
  let at = new URL(address);
  while (at.origin === issuer) {
    const answer = await fetch(at, {
      redirect: "manual",
      headers: { Cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; ") },
    });
    for (const cookie of answer.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? [];
      cookies.set(name, value);
    }
    const next = answer.headers.get("Location");
    if (next === null) throw new Error(`${at.href} answered ${answer.status}: ${await answer.text()}`);
    at = new URL(next, at);
  }
  return at;
};
