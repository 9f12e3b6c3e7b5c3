import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { ApiError } from "#sandbox/dokploy/api-error.ts";
import type { Member } from "#sandbox/dokploy/faults.ts";
import { assertMay, permissionsOf } from "#sandbox/dokploy/permissions.ts";
import { type Behaviour, createTables, notFound, Refused, type Row } from "./dokploy-tables.ts";
import { type Schema, violations } from "./json-schema.ts";

interface Published {
  method: string;
  body?: Schema;
  parameters?: { name: string; required?: boolean; schema: Schema }[];
}

const { calls: published } = JSON.parse(readFileSync(new URL("requests.json", import.meta.url), "utf8")) as {
  calls: Record<string, Published>;
};

/** How most domains are made. */
export const atRoot = { path: "/", certificate: { from: "letsencrypt" } } as const;

/** What goes wrong with a call: before its effect, or (`lost`, `lost-500`, `empty`) after it. */
export type Fault =
  | 401
  | 404
  | 409
  | 500
  | "empty"
  | "hang"
  | "lost"
  | "lost-500"
  | "cut"
  | "html"
  | "bad-gateway";

export interface DokployServer {
  url: string;
  apiKey: string;
  /** Where stacks are reached; their hosts are told apart by name. */
  publicPort: number;
  /** "POST application.deploy", in the order of arrival. */
  calls: string[];
  /** How many of them are done with. */
  answered: number;
  /** Requests that Dokploy's published schemas do not allow. */
  wrong: string[];
  /** Lets a call go wrong so many times; by default for ever. */
  fault(call: string, fault: Fault, times?: number): void;
  /** Some call was told to hang: whoever asks is to be less patient, or a test would take long. */
  readonly hangs: boolean;
  clearFaults(): void;
  /** Is waited for when a call, or the request for a "page", has arrived and before it has its effect. */
  arrived: (call: string) => Promise<void> | void;
  behaviour: Behaviour;
  projects: Row[];
  /** Those besides each project's own. */
  environments: Row[];
  servers: Row[];
  applications: Row[];
  composes: Row[];
  /** A role that somebody made, of which the rows of `owner` say nothing; null: none. */
  member: Member | null;
  /** Whose key it is; an owner's rights are all false and all given. */
  owner: Row;
  domains: Row[];
  deployments: Row[];
  /** Services that run: application id. */
  services: Set<string>;
  close(): Promise<void>;
}

/** A small Dokploy in memory: names are not unique, deployments are queued and answered with nothing, "done" is not "healthy". */
export const startDokployServer = async (): Promise<DokployServer> => {
  const apiKey = "key-for-tests-only";
  const tables = createTables();
  const calls: string[] = [];
  const wrong: string[] = [];
  const faults = new Map<string, { fault: Fault; times: number }>();
  let hangs = false;
  const api = createServer(async (request, response) => {
    const url = new URL(request.url ?? "/", "http://here");
    const call = url.pathname.replace(/^\/api\//, "");
    const body = await bodyOf(request);
    calls.push(`${request.method} ${call}`);
    await server.arrived(call);
    const fault = faults.get(call);
    if (fault !== undefined && --fault.times <= 0) faults.delete(call);
    try {
      if (request.headers["x-api-key"] !== apiKey) throw new Refused(401, "Unauthorized", null);
      const input = check(request, call, url, body);
      if (fault !== undefined && goesWrong(fault.fault, response)) return;
      assertMay(server.member, call);
      const answer =
        call === "user.get"
          ? () => ({ ...server.owner, ...(server.member && { role: server.member.role }) })
          : call === "user.getPermissions" && server.member !== null
            ? () => permissionsOf(server.member)
            : (tables.answers[call] ?? (() => notFound("Not found")));
      const result = answer(input);
      if (fault?.fault === "lost") return void request.socket.destroy();
      if (fault?.fault === "lost-500") throw new Refused(500, "Lost its way", "INTERNAL_SERVER_ERROR");
      response.writeHead(200, { "content-type": "application/json" });
      response.end(fault?.fault === "empty" || result === undefined ? "" : JSON.stringify(result));
    } catch (thrown) {
      if (!(thrown instanceof Refused) && !(thrown instanceof ApiError)) throw thrown;
      const { status, message, code } = thrown;
      response.writeHead(status, { "content-type": "application/json" });
      response.end(JSON.stringify(code === null ? { message } : { message, code, data: { code } }));
    } finally {
      server.answered++;
    }
  });

  const check = (request: IncomingMessage, call: string, url: URL, body: string): Row => {
    const known = published[call];
    const query = Object.fromEntries(url.searchParams);
    const input = request.method === "POST" ? (JSON.parse(body || "{}") as Row) : query;
    if (known === undefined || known.method !== request.method) {
      wrong.push(`${request.method} ${call}: no such call`);
      return notFound("Not found");
    }
    const problems =
      request.method === "POST"
        ? violations(known.body ?? {}, input)
        : (known.parameters ?? []).flatMap(({ name, required, schema }) =>
            query[name] === undefined
              ? required === true
                ? [`${name}: missing`]
                : []
              : violations(schema, schema.type === "integer" ? Number(query[name]) : query[name], name),
          );
    if (request.method === "POST" && request.headers["content-type"] !== "application/json")
      problems.push("content-type: not application/json");
    wrong.push(...problems.map((problem) => `${call}: ${problem}`));
    if (problems.length > 0) throw new Refused(400, "Input validation failed", "BAD_REQUEST");
    return input;
  };

  const router = createServer(async (request, response) => {
    await server.arrived("page");
    const host = (request.headers.host ?? "").replace(/:\d+$/, "");
    const domain = tables.domains.find((each) => each.host === host);
    if (domain === undefined) return void response.writeHead(404).end("404 page not found");
    if (!tables.services.has(String(domain.applicationId ?? domain.composeId)))
      return void response.writeHead(502).end("Bad Gateway");
    if (tables.behaviour.page === "cut") return void request.socket.destroy();
    if (tables.behaviour.page !== "hang") response.writeHead(tables.behaviour.page).end("Hello");
  });
  const [apiPort, publicPort] = await Promise.all([listen(api), listen(router)]);

  const server: DokployServer = {
    url: `http://127.0.0.1:${apiPort}`,
    apiKey,
    publicPort,
    calls,
    answered: 0,
    wrong,
    fault: (call, fault, times = Number.POSITIVE_INFINITY) => {
      hangs ||= fault === "hang";
      faults.set(call, { fault, times });
    },
    get hangs() {
      return hangs;
    },
    clearFaults: () => faults.clear(),
    arrived: () => {},
    member: null,
    owner: { role: "owner", canCreateProjects: false, unheardOf: {} },
    ...tables,
    close: async () => {
      for (const each of [api, router]) {
        each.closeAllConnections();
        each.close();
      }
    },
  };
  return server;
};

/** A fault that keeps the call from having its effect; true when it has been answered, or never will be. */
const goesWrong = (fault: Fault, response: ServerResponse): boolean => {
  switch (fault) {
    case 401:
      throw new Refused(401, "Unauthorized", null);
    case 404:
      throw new Refused(404, "It was not found", "NOT_FOUND");
    case 409:
      throw new Refused(409, "It is taken", "CONFLICT");
    case 500:
      throw new Refused(500, "It broke", "INTERNAL_SERVER_ERROR");
    case "cut":
      response.destroy();
      return true;
    case "bad-gateway":
      response.writeHead(502, { "content-type": "text/html" }).end("<html><h1>502 Bad Gateway</h1></html>");
      return true;
    case "html":
      response.writeHead(200, { "content-type": "text/html" }).end("<html>Welcome</html>");
      return true;
    case "hang":
      return true;
    default:
      return false;
  }
};

const bodyOf = async (request: IncomingMessage): Promise<string> => {
  let body = "";
  for await (const chunk of request) body += chunk;
  return body;
};

const listen = async (server: ReturnType<typeof createServer>): Promise<number> => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};
