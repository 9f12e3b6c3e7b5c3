import { createHash } from "node:crypto";

export interface Row {
  [key: string]: unknown;
}

/** How deployments go, what a stack's page answers, and which shape a created project has. */
export interface Behaviour {
  deployment: "done" | "error";
  queueMs: number;
  deployMs: number;
  page: number | "hang" | "cut";
  flatProject: boolean;
}

/** An answer that is not 200; `code` null: a body with the message alone, as for a refused key. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string | null;
  constructor(status: number, message: string, code: string | null) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** What a small Dokploy knows, and what each call does to it: names are not unique, deployments are queued and answered with nothing. */
export const createTables = () => {
  const projects: Row[] = [];
  const applications: Row[] = [];
  const domains: Row[] = [];
  const deployments: Row[] = [];
  const queue: Row[] = [];
  const services = new Set<string>();
  const behaviour: Behaviour = {
    deployment: "done",
    queueMs: 5,
    deployMs: 20,
    page: 200,
    flatProject: false,
  };
  let made = 0;
  const newId = (kind: string) =>
    `${kind}_${createHash("sha256").update(`${kind}${++made}`).digest("hex").slice(0, 8)}`;
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
      // Also when its application was removed meanwhile: then it is an orphan.
      if (behaviour.deployment === "done") services.add(String(row.applicationId));
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

  return { projects, applications, domains, deployments, services, behaviour, answers };
};

export const notFound = (what: string): never => {
  throw new Refused(404, `${what} not found`, "NOT_FOUND");
};
