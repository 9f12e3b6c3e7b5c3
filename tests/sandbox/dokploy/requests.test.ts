import { expect, test } from "vitest";
import { openSandbox } from "./world.ts";

type Prepared = Awaited<ReturnType<Awaited<ReturnType<typeof openSandbox>>["prepare"]>>;

interface Documented {
  call: string;
  method: "GET" | "POST";
  /** The documented body or query, with all that is required. */
  input(ids: Prepared): Record<string, unknown>;
  /** Fields without which the call is refused. */
  required: string[];
  /** A value that the schema refuses, by field. */
  wrong?: Record<string, unknown>;
  /** 200 unless the server's state stands against it. */
  status?: number;
}

const ofApplication = ({ applicationId }: Prepared) => ({ applicationId });
const appId = { input: ofApplication, required: ["applicationId"], wrong: { applicationId: "" } };

/** Every call that a deployment uses, as Dokploy's openapi.json (commit 772b7682) describes it. */
const documented: Documented[] = [
  { call: "project.all", method: "GET", input: () => ({}), required: [] },
  {
    call: "project.create",
    method: "POST",
    input: () => ({ name: "p", description: null, env: "A=1" }),
    required: ["name"],
    wrong: { name: "", description: 1, env: null },
  },
  {
    call: "project.one",
    method: "GET",
    input: ({ projectId }) => ({ projectId }),
    required: ["projectId"],
    wrong: { projectId: "" },
  },
  {
    call: "project.remove",
    method: "POST",
    input: ({ projectId }) => ({ projectId }),
    required: ["projectId"],
    wrong: { projectId: 1 },
  },
  {
    call: "environment.byProjectId",
    method: "GET",
    input: ({ projectId }) => ({ projectId }),
    required: ["projectId"],
  },
  {
    call: "environment.one",
    method: "GET",
    input: ({ environmentId }) => ({ environmentId }),
    required: ["environmentId"],
    wrong: { environmentId: "" },
  },
  {
    call: "environment.create",
    method: "POST",
    input: ({ projectId }) => ({ name: "staging", projectId, description: "next" }),
    required: ["name", "projectId"],
    wrong: { name: "", description: null },
  },
  {
    call: "environment.remove",
    method: "POST",
    input: ({ environmentId }) => ({ environmentId }),
    required: ["environmentId"],
    status: 400,
  },
  {
    call: "application.create",
    method: "POST",
    input: ({ environmentId }) => ({
      name: "web",
      appName: "web.1_x-y",
      description: null,
      environmentId,
      serverId: null,
    }),
    required: ["name", "environmentId"],
    wrong: { name: "", appName: "a b", description: 1, serverId: 1 },
  },
  { call: "application.one", method: "GET", ...appId },
  {
    call: "application.saveDockerProvider",
    method: "POST",
    input: (ids) => ({
      ...ofApplication(ids),
      dockerImage: "milepost/hello",
      username: null,
      password: null,
      registryUrl: null,
    }),
    required: ["applicationId", "dockerImage", "username", "password", "registryUrl"],
    wrong: { dockerImage: 1 },
  },
  {
    call: "application.saveEnvironment",
    method: "POST",
    input: (ids) => ({
      ...ofApplication(ids),
      env: "A=1\nB=2",
      buildArgs: null,
      buildSecrets: null,
      createEnvFile: true,
    }),
    required: ["applicationId", "env", "buildArgs", "buildSecrets", "createEnvFile"],
    wrong: { createEnvFile: null, env: ["A=1"] },
  },
  {
    call: "application.update",
    method: "POST",
    input: (ids) => ({
      ...ofApplication(ids),
      sourceType: "docker",
      dockerImage: "milepost/hello",
      replicas: 1,
      command: null,
      args: ["serve"],
      autoDeploy: null,
      healthCheckSwarm: { Test: ["CMD", "true"], Retries: 3 },
    }),
    required: ["applicationId"],
    wrong: {
      sourceType: "ftp",
      dockerImage: 1,
      replicas: "1",
      args: "serve",
      autoDeploy: "yes",
      healthCheckSwarm: "true",
      createEnvFile: null,
      applicationStatus: "healthy",
      buildType: "make",
    },
  },
  {
    call: "application.deploy",
    method: "POST",
    input: (ids) => ({ ...ofApplication(ids), title: "run 1", description: "by us" }),
    required: ["applicationId"],
    wrong: { applicationId: "", title: null },
  },
  { call: "application.delete", method: "POST", ...appId },
  // Nothing is deployed, so the swarm has no such service.
  { call: "application.stop", method: "POST", ...appId },
  { call: "application.start", method: "POST", ...appId, status: 500 },
  { call: "application.cleanQueues", method: "POST", ...appId },
  { call: "application.killBuild", method: "POST", ...appId },
  { call: "application.cancelDeployment", method: "POST", ...appId, status: 400 },
  {
    call: "application.readLogs",
    method: "GET",
    input: (ids) => ({ ...ofApplication(ids), tail: "100", since: "5m", search: "GET 200" }),
    required: ["applicationId"],
    wrong: { tail: "0", since: "5 minutes", search: "$(id)" },
    status: 500,
  },
  {
    call: "domain.create",
    method: "POST",
    input: (ids) => ({
      ...ofApplication(ids),
      host: "demo.apps.localhost",
      https: true,
      certificateType: "letsencrypt",
      port: 8080,
      path: "/",
      domainType: "application",
    }),
    required: ["host"],
    wrong: {
      host: "no_host",
      https: "yes",
      certificateType: "own",
      port: 65_536,
      path: "",
      domainType: "site",
    },
  },
  { call: "domain.byApplicationId", method: "GET", ...appId },
  {
    call: "domain.delete",
    method: "POST",
    input: ({ domainId }) => ({ domainId }),
    required: ["domainId"],
    wrong: { domainId: "" },
  },
  {
    call: "domain.validateDomain",
    method: "POST",
    input: ({ host }) => ({ domain: host, serverIp: "127.0.0.1" }),
    required: ["domain"],
    wrong: { domain: 1 },
  },
  { call: "deployment.all", method: "GET", ...appId },
  {
    call: "deployment.allByType",
    method: "GET",
    input: ({ applicationId }) => ({ id: applicationId, type: "application" }),
    required: ["id", "type"],
    wrong: { id: "", type: "site" },
  },
  // Nothing is deployed, so no id is known; the schema is checked before.
  {
    call: "deployment.readLogs",
    method: "GET",
    input: () => ({ deploymentId: "none", tail: "100" }),
    required: ["deploymentId"],
    wrong: { deploymentId: "", tail: "10001" },
    status: 404,
  },
  { call: "deployment.queueList", method: "GET", input: () => ({}), required: [] },
  {
    call: "deployment.killProcess",
    method: "POST",
    input: () => ({ deploymentId: "none" }),
    required: ["deploymentId"],
    wrong: { deploymentId: "" },
    status: 404,
  },
];

const isIssues = (body: unknown, field: string): boolean =>
  JSON.stringify(body).includes('"message":"Input validation failed"') &&
  JSON.stringify(body).includes(`"path":["${field}"]`);

test.each(documented)(
  "$method $call is accepted as documented, and refused without what it needs or with what it forbids",
  async ({ call, method, input, required, wrong = {}, status = 200 }) => {
    const { get, post, prepare } = await openSandbox();
    const body = input(await prepare("milepost/hello"));
    const ask = (given: Record<string, unknown>) =>
      method === "GET" ? get(call, given as Record<string, string>) : post(call, given);

    for (const field of required) {
      const { [field]: _, ...rest } = body;
      const answer = await ask(rest);
      expect([field, answer.status, isIssues(answer.body, field)]).toEqual([field, 400, true]);
    }
    for (const [field, value] of Object.entries(wrong)) {
      const answer = await ask({ ...body, [field]: value });
      expect([field, answer.status, isIssues(answer.body, field)]).toEqual([field, 400, true]);
    }
    expect((await ask(body)).status).toBe(status);
  },
);
