import { type Context, Hono } from "hono";
import { AppError } from "#core/errors.ts";
import { textOf, textsOf, type Values } from "#core/form.ts";
import type { Right } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { type AgentClient, isOneOf, OAuthRefusal } from "#people/agent-clients.ts";
import { agentRights } from "#people/agent-sign-in.ts";
import { AgentLetInPage, AgentSignInPage } from "#views/agent-sign-in.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { assertForMcp, issuerAt } from "#web/oauth.ts";
import { addressHere } from "#web/own-address.ts";
import { pageProps } from "#web/page-props.ts";
import { sentForm } from "./sent-form.ts";

type AgentSignInDeps = Pick<WebDeps, "agentSignIn" | "publicUrls" | "staticFiles">;

/** What a program sends a person here with. */
const names = [
  "client_id",
  "redirect_uri",
  "response_type",
  "code_challenge",
  "code_challenge_method",
] as const;
const more = ["state", "scope", "resource"] as const;

interface Asked {
  client: AgentClient;
  redirect: string;
  challenge: string;
  state: string;
  rights: readonly Right[];
  /** All of it as it came, to be sent along with the answer. */
  given: Readonly<Record<string, string>>;
}

/** A person lets an agent's program in, or not: OAuth's authorization page. Opening it grants nothing. */
export const agentSignInPages = (deps: AgentSignInDeps) => {
  const { agentSignIn } = deps;
  /** Back to the program, with what became of it. */
  const back = (
    c: Context<WebEnv>,
    { client, redirect, state, given }: Asked,
    said: Record<string, string>,
  ) => {
    const url = new URL(redirect);
    // By the name under which the program knows this server, which may be another than the browser's.
    const iss = given.resource === undefined ? issuerAt(c, deps) : issuerOf(given.resource);
    for (const [name, value] of Object.entries({ ...said, iss })) url.searchParams.set(name, value);
    if (state !== "") url.searchParams.set("state", state);
    // A redirect that follows a form would be stopped by our own policy, and may lead to a program on this machine.
    c.header("Refresh", `0; url=${url.href}`);
    c.header("Cache-Control", "no-store");
    return c.html(
      <AgentLetInPage {...pageProps(c, deps)} name={client.name} href={url.href} isIn={"code" in said} />,
    );
  };
  return new Hono<WebEnv>()
    .get(routes.oauth.authorize.pattern, async (c) => {
      const asked = await read(c, deps, c.req.query());
      c.header("Cache-Control", "no-store");
      const { client, redirect, rights, given } = asked;
      return c.html(
        <AgentSignInPage
          {...pageProps(c, deps)}
          name={client.name}
          to={new URL(redirect).host || new URL(redirect).protocol}
          rights={rights}
          given={given}
        />,
      );
    })
    .post(routes.oauth.authorize.pattern, async (c) => {
      const { values } = await sentForm(c);
      const asked = await read(c, deps, values);
      if (textOf(values, "agreed") !== "yes")
        return back(c, asked, { error: "access_denied", error_description: "Its person did not agree." });
      const { by } = c.get("identity");
      // What a token signed in ends with the token; what it lets in would not.
      if (by.kind !== "person")
        throw new AppError(
          "not-allowed-now",
          "You signed in with a token, and a token lets no agent in. Sign in by a link, a passkey or your provider, then let the agent in.",
        );
      const wanted = textsOf(values, "right");
      const rights = asked.rights.filter((right) => wanted.includes(right));
      if (rights.length === 0)
        throw new AppError("bad-input", "Choose what the agent may do.", { field: "right" });
      const { client, redirect, challenge } = asked;
      return back(c, asked, { code: agentSignIn.grant({ client, redirect, challenge, rights }, by) });
    });
};

const issuerOf = (resource: string): string =>
  resource.replace(/\/$/, "").replace(new RegExp(`${routes.mcp.href()}$`), "");

/** Nobody is taken anywhere for what is wrong here: who sent it is not known. Throws AppError("bad-input"). */
const read = async (c: Context<WebEnv>, deps: AgentSignInDeps, values: Values): Promise<Asked> => {
  const given = Object.fromEntries(
    [...names, ...more].flatMap((name) => {
      const text = textOf(values, name);
      return text === "" ? [] : [[name, text] as const];
    }),
  );
  const wrong = (sentence: string) => new AppError("bad-input", sentence);
  const client = await deps.agentSignIn.client(given.client_id ?? "");
  if (client === null) throw wrong("The program that sent you here is not known. Let it register anew.");
  const redirect = given.redirect_uri ?? "";
  if (!isOneOf(client.redirects, redirect))
    throw wrong("The program that sent you here wants you back at a place that it did not name before.");
  const challenge = given.code_challenge ?? "";
  if (given.response_type !== "code" || given.code_challenge_method !== "S256" || challenge.length !== 43)
    throw wrong("The program that sent you here does not prove itself as it has to (PKCE with S256).");
  try {
    assertForMcp(given.resource ?? "", addressHere(c, deps, routes.mcp.href()).href);
  } catch (thrown) {
    if (thrown instanceof OAuthRefusal) throw wrong(thrown.message);
    throw thrown;
  }
  const scope = (given.scope ?? "").split(" ");
  const some = agentRights.filter((right) => scope.includes(right));
  const rights = some.length === 0 ? agentRights : some;
  return { client, redirect, challenge, state: given.state ?? "", rights, given };
};
