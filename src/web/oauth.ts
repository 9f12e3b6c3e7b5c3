import { type Context, Hono } from "hono";
import { routes } from "#core/routes.ts";
import { OAuthRefusal } from "#people/agent-clients.ts";
import { type AgentSignIn, agentRights, type Given } from "#people/agent-sign-in.ts";
import type { WebDeps, WebEnv } from "./deps.ts";
import { addressHere } from "./own-address.ts";

type OAuthDeps = Pick<WebDeps, "agentSignIn" | "publicUrls">;

const { oauth } = routes;

/** What programs of agents ask before they have a token: who gives it, and for the token itself. People grant it on a page (pages/agent-sign-in.tsx). */
export const oauthForAgents = (deps: OAuthDeps) => {
  const { agentSignIn } = deps;
  const here = (c: Context<WebEnv>, path: string) => addressHere(c, deps, path).href;
  const resource = (c: Context<WebEnv>) =>
    c.json({
      resource: here(c, routes.mcp.href()),
      authorization_servers: [issuerAt(c, deps)],
      scopes_supported: agentRights,
      bearer_methods_supported: ["header"],
      resource_name: "Milepost",
    });
  return new Hono<WebEnv>()
    .get(oauth.resource.pattern, resource)
    .get(oauth.resourceOfMcp.pattern, resource)
    .get(oauth.server.pattern, (c) =>
      c.json({
        issuer: issuerAt(c, deps),
        authorization_endpoint: here(c, oauth.authorize.href()),
        token_endpoint: here(c, oauth.token.href()),
        registration_endpoint: here(c, oauth.register.href()),
        revocation_endpoint: here(c, oauth.revoke.href()),
        scopes_supported: agentRights,
        response_types_supported: ["code"],
        response_modes_supported: ["query"],
        grant_types_supported: grantTypes,
        code_challenge_methods_supported: ["S256"],
        token_endpoint_auth_methods_supported: ["none"],
        revocation_endpoint_auth_methods_supported: ["none"],
        client_id_metadata_document_supported: true,
        authorization_response_iss_parameter_supported: true,
      }),
    )
    .post(oauth.register.pattern, (c) =>
      told(c, async () => {
        const { id, name, redirects } = agentSignIn.register(await c.req.json().catch(() => null));
        const client = { client_id: id, client_name: name, redirect_uris: redirects };
        const how = { grant_types: grantTypes, response_types: ["code"] };
        return c.json({ ...client, ...how, token_endpoint_auth_method: "none" }, 201);
      }),
    )
    .post(oauth.token.pattern, (c) =>
      told(c, async () => {
        const sent = new URLSearchParams(await c.req.text());
        const of = (name: string) => sent.get(name) ?? "";
        assertForMcp(of("resource"), here(c, routes.mcp.href()));
        const { secret, lastsMs, renewal, rights } = await tokenFor(agentSignIn, of);
        const expires = { expires_in: lastsMs / 1_000, scope: rights.join(" ") };
        return c.json({ access_token: secret, token_type: "Bearer", refresh_token: renewal, ...expires });
      }),
    )
    .post(oauth.revoke.pattern, (c) =>
      told(c, async () => {
        await agentSignIn.revoke(new URLSearchParams(await c.req.text()).get("token") ?? "");
        return c.json({});
      }),
    );
};

const grantTypes = ["authorization_code", "refresh_token"];

const tokenFor = (agentSignIn: AgentSignIn, of: (name: string) => string): Promise<Given> => {
  const clientId = of("client_id");
  switch (of("grant_type")) {
    case "authorization_code": {
      const [code, redirect, verifier] = [of("code"), of("redirect_uri"), of("code_verifier")];
      return agentSignIn.exchange({ clientId, code, redirect, verifier });
    }
    case "refresh_token":
      return agentSignIn.renew({ clientId, renewal: of("refresh_token") });
    default:
      throw new OAuthRefusal(
        "unsupported_grant_type",
        "Only authorization_code and refresh_token are taken.",
      );
  }
};

/** As metadata and answers name this server; without the slash at its end. */
export const issuerAt = (c: Context<WebEnv>, deps: Pick<WebDeps, "publicUrls">): string =>
  addressHere(c, deps, routes.home.href()).href.replace(/\/$/, "");

/** Tokens are given for the tools of agents only (RFC 8707); where nothing is said, for them. Throws OAuthRefusal. */
export const assertForMcp = (asked: string, mcp: string): void => {
  if (asked === "") return;
  const ours = [mcp, new URL("/", mcp).href].map(onThisMachine);
  if (URL.canParse(asked) && ours.includes(onThisMachine(asked))) return;
  throw new OAuthRefusal("invalid_target", `Tokens are given for ${mcp} only.`);
};

/** A machine calls itself by several names. */
const onThisMachine = (address: string): string => {
  const url = new URL(address);
  if (["127.0.0.1", "[::1]"].includes(url.hostname)) url.hostname = "localhost";
  return url.href.replace(/\/$/, "");
};

const told = async (c: Context<WebEnv>, answer: () => Promise<Response>): Promise<Response> => {
  c.header("Cache-Control", "no-store");
  try {
    return await answer();
  } catch (thrown) {
    if (!(thrown instanceof OAuthRefusal)) throw thrown;
    return c.json({ error: thrown.code, error_description: thrown.message }, 400);
  }
};
