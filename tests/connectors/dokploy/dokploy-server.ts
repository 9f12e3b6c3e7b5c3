import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type Schema, violations } from "./json-schema.ts";

interface Published {
  method: string;
  body?: Schema;
  parameters?: { name: string; required?: boolean; schema: Schema }[];
}

const { calls: published } = JSON.parse(readFileSync(new URL("requests.json", import.meta.url), "utf8")) as {
  calls: Record<string, Published>;
};

/** What goes wrong with a call: before its effect, or (`lost`, `lost-500`, `empty`) after it. */
export type Fault = 401 | 404 | 409 | 500 | "empty" | "hang" | "lost" | "lost-500" | "cut" | "html";

export interface Row {
  [key: string]: unknown;
}

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
  clearFaults(): void;
  /** Is waited for when a call, or the request for a "page", has arrived and before it has its effect. */
  arrived: (call: string) => Promise<void> | void;
  /** How deployments end, and what the page answers. */
  behaviour: {
    deployment: "done" | "error";
    queueMs: number;
    deployMs: number;
    page: number | "hang" | "cut";
    flatProject: boolean;
  };
  projects: Row[];
  applications: Row[];
  domains: Row[];
  deployments: Row[];
  /** Services that run: application id. */
  services: Set<string>;
  close(): Promise<void>;
}

/** A small Dokploy in memory: names are not unique, deployments are queued and answered with nothing, "done" is not "healthy". */
export const startDokployServer = async (): Promise<DokployServer> => {
  const apiKey = "key-for-tests-only";
  const projects: Row[] = [];
  const applications: Row[] = [];
  const domains: Row[] = [];
  const deployments: Row[] = [];
  const queue: Row[] = [];
  const services = new Set<string>();
  const calls: string[] = [];
  const wrong: string[] = [];
  const faults = new Map<string, { fault: Fault; times: number }>();
  const behaviour: DokployServer["behaviour"] = {
    deployment: "done",
    queueMs: 5,
    deployMs: 20,
    page: 200,
    flatProject: false,
  };
  let made = 0;
  const newId = (kind: string) =>
    `${kind}_${createHash("sha256").update(`${kind}${++made}`).digest("hex").slice(0, 8)}`;
  const notFound = (what: string): never => {
    throw new Refused(404, `${what} not found`, "NOT_FOUND");
  };
  const one = (rows: Row[], key: string, id: unknown, what: string): Row =>
    rows.find((row) => row[key] === id) ?? notFound(what);
  const remove = (rows: Row[], row: Row) => rows.splice(rows.indexOf(row), 1);

  const environmentOf = (project: Row): Row => ({
    environmentId: project.environmentId,
    name: "production",
    isDefault: true,
    applications: applications.filter((app) => app.environmentId === project.environmentId),
    compose: [],
    postgres: [],
    redis: [],
  });

  let working = false;
  const work = (): void => {
    const job = working ? undefined : queue.shift();
    if (job === undefined) return;
    working = true;
    const row: Row = {
      ...job,
      status: "running",
      errorMessage: null,
      log: ["Initializing deployment", "Pulling image"],
    };
    deployments.unshift(row);
    setTimeout(() => {
      const app = applications.find((each) => each.applicationId === row.applicationId);
      row.status = behaviour.deployment;
      row.log = [
        ...(row.log as string[]),
        ...(behaviour.deployment === "done"
          ? ["Docker Deployed: ✅"]
          : ["❌ Pulling image failed", "Error occurred ❌"]),
      ];
      if (behaviour.deployment === "done" && app !== undefined) services.add(String(row.applicationId));
      if (app !== undefined) app.applicationStatus = behaviour.deployment;
      working = false;
      work();
    }, behaviour.deployMs);
  };

  const answers: Record<string, (input: Row) => unknown> = {
    "project.all": () => projects.map((project) => ({ ...project, environments: [environmentOf(project)] })),
    "project.create": ({ name, description }) => {
      const project = {
        projectId: newId("prj"),
        name,
        description,
        environmentId: newId("env"),
        unheardOf: true,
      };
      projects.unshift(project);
      return behaviour.flatProject ? project : { project, environment: environmentOf(project) };
    },
    "project.remove": ({ projectId }) => {
      const project = one(projects, "projectId", projectId, "Project");
      for (const app of applications.filter((each) => each.environmentId === project.environmentId)) {
        remove(applications, app);
        for (const domain of domains.filter((each) => each.applicationId === app.applicationId))
          remove(domains, domain);
      }
      remove(projects, project);
      return project;
    },
    "environment.byProjectId": ({ projectId }) => [
      environmentOf(one(projects, "projectId", projectId, "Project")),
    ],
    "application.create": ({ name, appName, description, environmentId }) => {
      one(projects, "environmentId", environmentId, "Environment");
      const app = {
        applicationId: newId("app"),
        name,
        appName: `${appName}-abc123`,
        description,
        environmentId,
        applicationStatus: "idle",
        sourceType: "github",
        dockerImage: null,
        env: null,
        buildArgs: null,
        unheardOf: [1],
      };
      applications.push(app);
      return app;
    },
    "application.one": ({ applicationId }) =>
      one(applications, "applicationId", applicationId, "Application"),
    "application.update": ({ applicationId, ...patch }) => {
      Object.assign(one(applications, "applicationId", applicationId, "Application"), patch);
      return true;
    },
    "application.delete": ({ applicationId }) => {
      const app = one(applications, "applicationId", applicationId, "Application");
      remove(applications, app);
      services.delete(String(applicationId));
      for (const domain of domains.filter((each) => each.applicationId === applicationId))
        remove(domains, domain);
      return app;
    },
    "application.cleanQueues": ({ applicationId }) => {
      for (const job of queue.filter((each) => each.applicationId === applicationId)) remove(queue, job);
      return undefined;
    },
    "application.deploy": ({ applicationId, title }) => {
      one(applications, "applicationId", applicationId, "Application");
      queue.push({ deploymentId: newId("dpl"), applicationId, title, state: "waiting" });
      setTimeout(work, behaviour.queueMs);
      return undefined;
    },
    "domain.create": (wish) => {
      one(applications, "applicationId", wish.applicationId, "Application");
      const domain = { ...wish, domainId: newId("dom"), uniqueConfigKey: 1 };
      domains.push(domain);
      return domain;
    },
    "domain.byApplicationId": ({ applicationId }) => {
      one(applications, "applicationId", applicationId, "Application");
      return domains.filter((each) => each.applicationId === applicationId);
    },
    "domain.delete": ({ domainId }) => {
      const domain = one(domains, "domainId", domainId, "Domain");
      remove(domains, domain);
      return domain;
    },
    "deployment.all": ({ applicationId }) =>
      deployments.filter((each) => each.applicationId === applicationId),
    "deployment.readLogs": ({ deploymentId }) =>
      (one(deployments, "deploymentId", deploymentId, "Deployment").log as string[]).join("\n"),
    "deployment.queueList": () =>
      queue.map(({ deploymentId, applicationId, title, state }) => ({
        id: deploymentId,
        state,
        data: { applicationId, titleLog: title, type: "deploy" },
      })),
  };

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
      const answer = answers[call] ?? (() => notFound("Not found"));
      const result = answer(input);
      if (fault?.fault === "lost") return void request.socket.destroy();
      if (fault?.fault === "lost-500") throw new Refused(500, "Lost its way", "INTERNAL_SERVER_ERROR");
      response.writeHead(200, { "content-type": "application/json" });
      response.end(fault?.fault === "empty" || result === undefined ? "" : JSON.stringify(result));
    } catch (thrown) {
      if (!(thrown instanceof Refused)) throw thrown;
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
    const domain = domains.find((each) => each.host === host);
    if (domain === undefined) return void response.writeHead(404).end("404 page not found");
    if (!services.has(String(domain.applicationId))) return void response.writeHead(502).end("Bad Gateway");
    if (behaviour.page === "cut") return void request.socket.destroy();
    if (behaviour.page !== "hang") response.writeHead(behaviour.page).end("Hello");
  });
  const [apiPort, publicPort] = await Promise.all([listen(api), listen(router)]);

  const server: DokployServer = {
    url: `http://127.0.0.1:${apiPort}`,
    apiKey,
    publicPort,
    calls,
    answered: 0,
    wrong,
    fault: (call, fault, times = Number.POSITIVE_INFINITY) => void faults.set(call, { fault, times }),
    clearFaults: () => faults.clear(),
    arrived: () => {},
    behaviour,
    projects,
    applications,
    domains,
    deployments,
    services,
    close: async () => {
      for (const each of [api, router]) {
        each.closeAllConnections();
        each.close();
      }
    },
  };
  return server;
};

class Refused extends Error {
  readonly status: number;
  readonly code: string | null;
  constructor(status: number, message: string, code: string | null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

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
