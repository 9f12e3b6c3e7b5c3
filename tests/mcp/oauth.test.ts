import {
  Client,
  type OAuthClientProvider,
  StreamableHTTPClientTransport,
  UnauthorizedError,
} from "@modelcontextprotocol/client";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { openSite, type Site } from "../web/site.ts";

const quick = workflow("quick", "Quick", "Is done at once.", start({ subject: () => "it" }))
  .do("act", "Act", { run: async () => "done", weightMs: 1 })
  .hands(() => ({ sentence: "All is done." }));
const home = "http://127.0.0.1:3000";
const back = "http://127.0.0.1:9/back";

let site: Site;
beforeAll(async () => {
  site = await openSite({ workflows: [quick] });
});
afterAll(() => site.close());

const ask = async (url: string | URL, init?: RequestInit) =>
  site.app.request(String(url), {
    ...init,
    headers: { Host: "127.0.0.1:3000", ...Object.fromEntries(new Headers(init?.headers)) },
  });

/** The SDK's own client as somebody's program has it: it keeps what it is given, and says where its person is to go. */
const program = () => {
  const kept: Record<string, unknown> = {};
  const provider: OAuthClientProvider = {
    redirectUrl: back,
    clientMetadata: { client_name: "Desk <b>agent</b>", redirect_uris: [back] },
    clientInformation: () => kept.client as never,
    saveClientInformation: (client) => {
      kept.client = client;
    },
    tokens: () => kept.tokens as never,
    saveTokens: (tokens) => {
      kept.tokens = tokens;
    },
    redirectToAuthorization: (url) => {
      kept.url = url;
    },
    saveCodeVerifier: (verifier) => {
      kept.verifier = verifier;
    },
    codeVerifier: () => String(kept.verifier),
    saveDiscoveryState: (found) => {
      kept.found = found;
    },
    discoveryState: () => kept.found as never,
    state: () => "the state",
  };
  const transport = () =>
    new StreamableHTTPClientTransport(new URL(`${home}/mcp`), { authProvider: provider, fetch: ask });
  const client = () => new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
  return { kept, transport, client };
};

/** What the page asks of its person, and where the button that they press leads. */
const answer = async (url: URL, agreed: "yes" | "no", rights: readonly string[]) => {
  const page = await site.get(url.pathname + url.search);
  const words = await page.text();
  expect([page.status, page.status === 200 ? "" : words]).toEqual([200, ""]);
  const form = new URLSearchParams(url.search);
  for (const right of rights) form.append("right", right);
  form.append("agreed", agreed);
  const { cookie } = site;
  const done = await site.app.request(url.pathname, {
    method: "POST",
    body: form,
    headers: { Host: "localhost:3000", "Sec-Fetch-Site": "same-origin", Cookie: cookie },
  });
  const refresh = done.headers.get("Refresh") ?? "";
  return { words, status: done.status, to: new URL(refresh.replace(/^0; url=/, "")) };
};

/** Lets a program of somebody's in, as far as that. */
const letIn = async (rights: readonly string[]) => {
  const { kept, transport, client } = program();
  const first = transport();
  await expect(client().connect(first)).rejects.toBeInstanceOf(UnauthorizedError);
  const { words, to } = await answer(kept.url as URL, "yes", rights);
  expect(words).toContain("Desk &lt;b&gt;agent&lt;/b&gt;");
  expect(to.searchParams.get("state")).toBe("the state");
  const code = to.searchParams.get("code") ?? "";
  await first.finishAuth(to.searchParams);
  const connected = client();
  await connected.connect(transport());
  onTestFinished(() => connected.close());
  return {
    client: connected,
    code,
    kept,
    transport,
    token: (kept.tokens as { access_token: string }).access_token,
  };
};

test("the SDK's own client is let in by a person, works with what they granted, and is out once its token is removed", async () => {
  const { client, token } = await letIn(["read", "run"]);
  const { structuredContent } = await client.callTool({ name: "start_quick", arguments: {} });
  expect(structuredContent).toMatchObject({ state: "completed", result: "All is done." });
  const [made] = (await site.deps.tokens.list("owner")).filter(({ name }) => name === "Desk <b>agent</b>");
  expect(made?.scope).toEqual({ rights: ["read", "run"], workflows: null, only: "agents" });
  expect(made?.expiresAt).not.toBeNull();
  expect(await (await site.get("/settings")).text()).toContain("Desk &lt;b&gt;agent&lt;/b&gt;");
  await ask(`${home}/oauth/revoke`, { method: "POST", body: new URLSearchParams({ token }) });
  const after = await ask(`${home}/mcp`, { method: "POST", headers: { Authorization: `Bearer ${token}` } });
  expect(after.status).toBe(401);
  expect(after.headers.get("WWW-Authenticate")).toBe(
    `Bearer resource_metadata="${home}/.well-known/oauth-protected-resource/mcp"`,
  );
});

test("the SDK's own client renews what has ended by itself, and works on", async () => {
  const { kept, token, transport } = await letIn(["read"]);
  const before = kept.tokens as { refresh_token: string };
  // As after an hour: the token lets nobody in any more.
  kept.tokens = { ...before, access_token: `${token}x` };
  const client = new Client({ name: "test", version: "1" }, { versionNegotiation: { mode: "auto" } });
  await client.connect(transport());
  onTestFinished(() => client.close());
  expect((await client.callTool({ name: "list_workflows", arguments: {} })).isError).not.toBe(true);
  const after = kept.tokens as typeof before & { access_token: string };
  expect(after.refresh_token).not.toBe(before.refresh_token);
  expect(after.access_token).not.toContain(token);
});

test("what it is given is good for the tools of agents and for no other address", async () => {
  const { token } = await letIn(["read", "run", "answer"]);
  for (const path of ["/api/runs", "/runs", "/settings", "/api/tokens"]) {
    const answered = await ask(home + path, { headers: { Authorization: `Bearer ${token}` } });
    expect([path, answered.status]).toEqual([path, 403]);
  }
});

test("a code is good once, for the program, the place and the proof that it was given for", async () => {
  const { kept, code } = await letIn(["read"]);
  const { client_id: clientId } = kept.client as { client_id: string };
  const right = {
    ...{ grant_type: "authorization_code", client_id: clientId, redirect_uri: back, code },
    code_verifier: String(kept.verifier),
  };
  const exchange = async (given: Record<string, string>) => {
    const answered = await ask(`${home}/oauth/token`, { method: "POST", body: new URLSearchParams(given) });
    return [answered.status, ((await answered.json()) as { error?: string }).error];
  };
  expect(await exchange(right)).toEqual([400, "invalid_grant"]);
  const other = program();
  await expect(other.client().connect(other.transport())).rejects.toBeInstanceOf(UnauthorizedError);
  const { to } = await answer(other.kept.url as URL, "yes", ["read"]);
  const fresh = {
    ...right,
    client_id: (other.kept.client as { client_id: string }).client_id,
    code: to.searchParams.get("code") ?? "",
    code_verifier: String(other.kept.verifier),
  };
  expect(await exchange({ ...fresh, code_verifier: "x".repeat(43) })).toEqual([400, "invalid_grant"]);
  expect(await exchange({ ...fresh, redirect_uri: "http://127.0.0.1:9/other" })).toEqual([
    400,
    "invalid_grant",
  ]);
  expect(await exchange({ ...fresh, client_id: clientId })).toEqual([400, "invalid_grant"]);
  expect(await exchange({ ...fresh, resource: "https://elsewhere.example/mcp" })).toEqual([
    400,
    "invalid_target",
  ]);
  expect(await exchange({ ...fresh, grant_type: "password" })).toEqual([400, "unsupported_grant_type"]);
  expect((await exchange(fresh))[0]).toBe(200);
  expect(await exchange(fresh)).toEqual([400, "invalid_grant"]);
});

test("a person who refuses is taken back with that, and nobody is taken anywhere that the program did not name", async () => {
  const { kept, transport, client } = program();
  await expect(client().connect(transport())).rejects.toBeInstanceOf(UnauthorizedError);
  const url = kept.url as URL;
  const { to } = await answer(url, "no", ["read"]);
  expect([to.searchParams.get("error"), to.searchParams.get("code")]).toEqual(["access_denied", null]);
  const changed = async (name: string, value: string) => {
    const other = new URL(url);
    other.searchParams.set(name, value);
    const page = await site.get(other.pathname + other.search);
    return [page.status, page.headers.get("Refresh")];
  };
  expect(await changed("redirect_uri", "https://evil.example/back")).toEqual([400, null]);
  expect(await changed("client_id", "made up")).toEqual([400, null]);
  expect(await changed("code_challenge_method", "plain")).toEqual([400, null]);
  expect(await changed("resource", "https://elsewhere.example/mcp")).toEqual([400, null]);
  // The port of a program on this machine is another each time it starts.
  expect((await changed("redirect_uri", "http://127.0.0.1:55555/back"))[0]).toBe(200);
});

test("no program registers a place that a browser would run or show itself", async () => {
  const register = async (redirect: string) =>
    (
      await ask(`${home}/oauth/register`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ client_name: "x", redirect_uris: [redirect] }),
      })
    ).status;
  for (const bad of [
    "javascript:alert(1)",
    "data:text/html,x",
    "http://example.org/",
    "https://a.example/#x",
    "nowhere",
  ])
    expect([bad, await register(bad)]).toEqual([bad, 400]);
  for (const good of ["https://claude.ai/back", "http://localhost:1/x", "cursor://anysphere.cursor/callback"])
    expect([good, await register(good)]).toEqual([good, 201]);
});
