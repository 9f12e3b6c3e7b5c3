import { mkdtemp, rm } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { z } from "zod";
import { type DokploySandboxOptions, startDokploySandbox } from "#sandbox/dokploy/server.ts";

export interface Answer {
  status: number;
  body: unknown;
}

/** Gone at the test's end. */
export const folder = async (): Promise<string> => {
  const path = await mkdtemp(join(tmpdir(), "milepost-dokploy-sandbox-"));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
};

/** A sandbox that wastes no time, and calls to it. Closed at the test's end. */
export const openSandbox = async (options: Partial<DokploySandboxOptions> = {}) => {
  const sandbox = await startDokploySandbox({ ...options, dataDir: options.dataDir ?? (await folder()) });
  Object.assign(sandbox.faults, { pullMs: 20, queueBusyMs: 0, slowStartMs: 300, restartMs: 20 });
  let open = true;
  const close = async () => {
    if (open) await sandbox.close();
    open = false;
  };
  onTestFinished(close);
  // A connection that outlived a restart would be cut under the next call.
  const headers = { "x-api-key": sandbox.apiKey, "content-type": "application/json", connection: "close" };

  const get = async (call: string, query: Record<string, string> = {}): Promise<Answer> =>
    read(await fetch(`${sandbox.url}/api/${call}?${new URLSearchParams(query)}`, { headers }));
  const post = async (call: string, body: unknown): Promise<Answer> =>
    read(await fetch(`${sandbox.url}/api/${call}`, { method: "POST", headers, body: JSON.stringify(body) }));

  /** A project with an application of this image and the domain demo.apps.localhost; nothing is deployed. */
  const prepare = async (dockerImage: string, { port = 8080, https = false } = {}) => {
    const { project, environment } = projectCreated.parse((await post("project.create", { name: "p" })).body);
    const { environmentId } = environment;
    const wish = { name: "web", appName: "web", environmentId };
    const { applicationId, appName } = applicationMade.parse((await post("application.create", wish)).body);
    await post("application.update", { applicationId, sourceType: "docker", dockerImage });
    const host = `demo.${sandbox.domainSuffix}`;
    const { domainId } = domainMade.parse(
      (await post("domain.create", { host, port, https, applicationId })).body,
    );
    return { projectId: project.projectId, environmentId, applicationId, appName, domainId, host };
  };

  const deployments = async (applicationId: string) =>
    z.array(deployment).parse((await get("deployment.all", { applicationId })).body);

  /** Deploys and waits until that deployment has ended. */
  const deploy = async (applicationId: string, title = "a deployment") => {
    await post("application.deploy", { applicationId, title });
    return until(async () =>
      (await deployments(applicationId)).find((row) => row.title === title && row.status !== "running"),
    );
  };

  return {
    ...sandbox,
    close,
    get,
    post,
    prepare,
    deployments,
    deploy,
    /** What the router answers to a browser that asks for this host. */
    visit: (host: string, path = "/") => visit(sandbox.proxyPort, host, path),
    queue: async () => z.array(job).parse((await get("deployment.queueList")).body),
    logOf: async (deploymentId: string) =>
      z.string().parse((await get("deployment.readLogs", { deploymentId })).body),
  };
};

/** Asks again until there is something. The test's own time limit ends it. */
export const until = async <T>(look: () => Promise<T | null | undefined | false>): Promise<T> => {
  for (;;) {
    const found = await look();
    if (found !== null && found !== undefined && found !== false) return found;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
};

/** Whether there is a process with this id. */
export const alive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const projectCreated = z.object({
  project: z.looseObject({ projectId: z.string() }),
  environment: z.looseObject({ environmentId: z.string() }),
});
const applicationMade = z.looseObject({ applicationId: z.string(), appName: z.string() });
const domainMade = z.looseObject({ domainId: z.string() });
const deployment = z.looseObject({ deploymentId: z.string(), title: z.string(), status: z.string() });
const job = z.looseObject({
  id: z.string(),
  state: z.string(),
  data: z.looseObject({ titleLog: z.string() }),
});

/** An empty body is undefined. */
const read = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  return { status: response.status, body: text === "" ? undefined : JSON.parse(text) };
};

const visit = (port: number, host: string, path: string) =>
  new Promise<{ status: number; text: string; location: string | undefined }>((resolve, reject) => {
    const asking = request({ host: "127.0.0.1", port, path, headers: { host }, agent: false }, (answer) => {
      let text = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        text += chunk;
      });
      answer.on("end", () =>
        resolve({ status: answer.statusCode ?? 0, text, location: answer.headers.location }),
      );
    });
    asking.on("error", reject);
    asking.end();
  });
