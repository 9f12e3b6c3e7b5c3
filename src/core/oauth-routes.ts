import { route } from "./route.ts";

/** By which programs of agents get a token from a person: OAuth 2.1, as the Model Context Protocol wants it. */
export const oauthRoutes = {
  /** Where `/mcp` says who gives tokens for it (RFC 9728); some look at the one, some at the other. */
  resource: route("/.well-known/oauth-protected-resource"),
  resourceOfMcp: route("/.well-known/oauth-protected-resource/mcp"),
  /** How they are got (RFC 8414). */
  server: route("/.well-known/oauth-authorization-server"),
  /** A program says what it is (RFC 7591). */
  register: route("/oauth/register"),
  /** A person lets it in. */
  authorize: route("/oauth/authorize"),
  token: route("/oauth/token"),
  /** A token is put away (RFC 7009). */
  revoke: route("/oauth/revoke"),
} as const;
