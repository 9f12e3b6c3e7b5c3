import { createHash } from "node:crypto";
import { parse } from "yaml";

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
  /** What becomes of the containers of the next deployments. */
  container: "runs" | "crashes";
  /** How the containers of a compose file's services are, where not simply running. */
  services: Record<string, { state: string; status: string }>;
  /** Whether Docker Compose leaves all containers as they are. */
  keepContainers: boolean;
  /** Jobs in the queues of other servers. */
  elsewhere: Row[];
  /** An image that no server has: deploying it fails. */
  badImage: string | null;
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
  const composes: Row[] = [];
  /** Containers by service name, newest first. */
  const tasks = new Map<string, Row[]>();
  let orders = 0;
  const behaviour: Behaviour = {
    deployment: "done",
    queueMs: 5,
    deployMs: 20,
    page: 200,
    flatProject: false,
    container: "runs",
    services: {},
    badImage: null,
    keepContainers: false,
    elsewhere: [],
  };
  let made = 0;
  const newId = (kind: string) =>
    `${kind}_${createHash("sha256").update(`${kind}${++made}`).digest("hex").slice(0, 8)}`;
  const one = (rows: Row[], key: string, id: unknown, what: string): Row =>
    rows.find((row) => row[key] === id) ?? notFound(what);
  const remove = (rows: Row[], row: Row) => rows.splice(rows.indexOf(row), 1);

  const environments: Row[] = [];
  const servers: Row[] = [{ serverId: "srv", name: "second" }];
  const withServices = (environment: Row): Row => ({
    ...environment,
    applications: applications.filter((app) => app.environmentId === environment.environmentId),
    compose: composes.filter((one) => one.environmentId === environment.environmentId),
    postgres: [],
    redis: [],
  });
  const environmentsOf = (project: Row): Row[] => [
    withServices({ environmentId: project.environmentId, name: "production", isDefault: true }),
    ...environments.filter(({ projectId }) => projectId === project.projectId).map(withServices),
  ];

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
      const app =
        applications.find((each) => each.applicationId === row.applicationId) ??
        composes.find((each) => each.composeId === row.composeId);
      const bad = behaviour.badImage !== null && app?.dockerImage === behaviour.badImage;
      row.status = bad ? "error" : behaviour.deployment;
      row.log = [
        ...(row.log as string[]),
        ...(row.status === "done"
          ? ["✅ Pulling image completed."]
          : [
              "Error response from daemon: pull access denied",
              "❌ Pulling image failed",
              "Error occurred ❌, check the logs for details.",
            ]),
      ];
      // Also when its application was removed meanwhile: then it is an orphan.
      if (row.status === "done") {
        services.add(String(row.applicationId ?? row.composeId));
        if (row.composeId !== undefined) composeUp(app);
        else replaceContainers(String(app?.appName));
      }
      if (app !== undefined)
        app[row.composeId === undefined ? "applicationStatus" : "composeStatus"] = row.status;
      working = false;
      work();
    }, behaviour.deployMs);
  };

  const enqueue = (job: Row): void => {
    queue.push({ ...job, deploymentId: newId("dpl"), state: "waiting", timestamp: ++orders });
    setTimeout(work, behaviour.queueMs);
  };

  const container = (currentState: string, error = ""): Row => ({
    containerId: newId("task"),
    state: currentState.startsWith("Running") ? "running" : "shutdown",
    currentState: `${currentState} 10 seconds ago`,
    error,
  });

  /** As a swarm does it: start first, and back to the former version when the new one ends. */
  const replaceContainers = (appName: string): void => {
    const former = (tasks.get(appName) ?? []).map((task) => ({
      ...task,
      state: "shutdown",
      currentState: String(task.currentState).replace("Running", "Shutdown"),
    }));
    const failed = container("Failed", '"task: non-zero exit (1)"');
    const fresh =
      behaviour.container === "runs"
        ? [container("Running")]
        : [...(former.length === 0 ? [] : [container("Running")]), failed];
    tasks.set(appName, [...fresh, ...former]);
  };

  /** As Docker Compose does it: what was changed is ended and made anew, the rest stays. */
  const composeUp = (compose: Row | undefined): void => {
    if (compose === undefined) return;
    const former = tasks.get(String(compose.appName)) ?? [];
    const wanted = (parse(String(compose.composeFile)) as { services: Row }).services;
    const up = Object.entries(wanted).map(([service, definition]) => {
      const is = behaviour.services[service] ?? { state: "running", status: "Up 10 seconds" };
      const hash = JSON.stringify([definition, compose.env]);
      const name = `${compose.appName}-${service}-1`;
      const there = former.find(
        (one) =>
          one.name === name && (behaviour.keepContainers || one.hash === hash) && one.state === "running",
      );
      return { ...(there ?? { containerId: newId("con"), name, hash }), ...is };
    });
    tasks.set(String(compose.appName), up);
  };

  const answers: Record<string, (input: Row) => unknown> = {
    "project.all": () =>
      projects.map((project) => ({
        ...project,
        environments: environmentsOf(project).map(({ description: _, ...shown }) => shown),
      })),
    "project.create": ({ name, description }) => {
      const project = {
        projectId: newId("prj"),
        name,
        description,
        environmentId: newId("env"),
        unheardOf: true,
      };
      projects.unshift(project);
      return behaviour.flatProject ? project : { project, environment: environmentsOf(project)[0] };
    },
    "project.remove": ({ projectId }) => {
      const project = one(projects, "projectId", projectId, "Project");
      for (const app of applications.filter((each) => each.environmentId === project.environmentId)) {
        remove(applications, app);
        for (const domain of domains.filter((each) => each.applicationId === app.applicationId))
          remove(domains, domain);
      }
      remove(projects, project);
      for (const own of environments.filter(({ projectId: of }) => of === projectId))
        remove(environments, own);
      return project;
    },
    // As recorded of the real one: an id that is not there has nothing, and that is no error.
    "environment.byProjectId": ({ projectId }) =>
      projects.filter((each) => each.projectId === projectId).flatMap(environmentsOf),
    "environment.create": (wish) => {
      one(projects, "projectId", wish.projectId, "Project");
      const environment = { ...wish, environmentId: newId("env"), isDefault: false };
      environments.push(environment);
      return environment;
    },
    "environment.remove": ({ environmentId }) => {
      const environment = one(environments, "environmentId", environmentId, "Environment");
      remove(environments, environment);
      return environment;
    },
    "server.all": () => servers,
    "application.create": ({ name, appName, description, environmentId, serverId = null }) => {
      one([...projects, ...environments], "environmentId", environmentId, "Environment");
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
        ...{ username: null, password: null, registryUrl: null },
        ...{ replicas: 1, memoryLimit: null, command: null },
        serverId,
        mounts: [],
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
    "mounts.create": ({ serviceId, ...mount }) => {
      const app = one(applications, "applicationId", serviceId, "Application");
      app.mounts = [...(app.mounts as Row[]), { ...mount, mountId: newId("mnt") }];
      return true;
    },
    "mounts.remove": ({ mountId }) => {
      const app = applications.find(({ mounts }) => (mounts as Row[]).some((row) => row.mountId === mountId));
      if (app === undefined) return notFound("Mount");
      app.mounts = (app.mounts as Row[]).filter((row) => row.mountId !== mountId);
      return undefined;
    },
    "compose.create": ({ name, appName, description, environmentId, serverId = null, ...wish }) => {
      one([...projects, ...environments], "environmentId", environmentId, "Environment");
      const compose = {
        composeId: newId("cmp"),
        name,
        appName: `${appName}-abc123`,
        description,
        environmentId,
        composeStatus: "idle",
        composeFile: "",
        env: null,
        serverId,
        mounts: [],
        ...wish,
      };
      composes.push(compose);
      return compose;
    },
    "compose.one": ({ composeId }) => one(composes, "composeId", composeId, "Compose"),
    // The row as it is now, unlike an application's.
    "compose.update": ({ composeId, ...patch }) =>
      Object.assign(one(composes, "composeId", composeId, "Compose"), patch),
    "compose.delete": ({ composeId }) => {
      const compose = one(composes, "composeId", composeId, "Compose");
      remove(composes, compose);
      tasks.delete(String(compose.appName));
      services.delete(String(composeId));
      for (const domain of domains.filter((each) => each.composeId === composeId)) remove(domains, domain);
      return compose;
    },
    "compose.cleanQueues": ({ composeId }) => {
      for (const job of queue.filter((each) => each.composeId === composeId)) remove(queue, job);
      return { success: true, message: "Queues cleaned successfully" };
    },
    "compose.deploy": ({ composeId, title, description }) => {
      one(composes, "composeId", composeId, "Compose");
      enqueue({ composeId, title, description });
      return { success: true, message: "Deployment queued", composeId };
    },
    "compose.readLogs": ({ containerId }) => `2026-11-29T10:00:00.000Z last words of ${containerId}\n`,
    "deployment.allByCompose": ({ composeId }) => deployments.filter((each) => each.composeId === composeId),
    "docker.getContainersByAppNameMatch": ({ appName }) =>
      (tasks.get(String(appName)) ?? []).map(({ hash: _, ...shown }) => shown),
    "application.delete": ({ applicationId }) => {
      const app = one(applications, "applicationId", applicationId, "Application");
      remove(applications, app);
      tasks.delete(String(app.appName));
      services.delete(String(applicationId));
      for (const domain of domains.filter((each) => each.applicationId === applicationId))
        remove(domains, domain);
      return app;
    },
    "application.cleanQueues": ({ applicationId }) => {
      for (const job of queue.filter((each) => each.applicationId === applicationId)) remove(queue, job);
      return undefined;
    },
    "application.deploy": ({ applicationId, title, description }) => {
      one(applications, "applicationId", applicationId, "Application");
      enqueue({ applicationId, title, description });
      return undefined;
    },
    "domain.create": (wish) => {
      if (wish.composeId === undefined) one(applications, "applicationId", wish.applicationId, "Application");
      else one(composes, "composeId", wish.composeId, "Compose");
      const domain = { ...wish, domainId: newId("dom"), uniqueConfigKey: 1 };
      domains.push(domain);
      return domain;
    },
    "domain.byApplicationId": ({ applicationId }) =>
      domains.filter((each) => each.applicationId === applicationId),
    "domain.byComposeId": ({ composeId }) => domains.filter((each) => each.composeId === composeId),
    "domain.validateDomain": ({ domain }) => ({ isValid: false, error: `queryA ENOTFOUND ${domain}` }),
    "settings.getDokployVersion": () => "v0.30.2",
    "docker.getServiceContainersByAppName": ({ appName }) => tasks.get(String(appName)) ?? [],
    "application.readLogs": () => "2026-11-28T19:20:40.387Z cannot read the configuration\n",
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
      [...queue, ...behaviour.elsewhere]
        .toReversed()
        .map(({ deploymentId, applicationId, composeId, serverId, title, state, timestamp }) => ({
          id: deploymentId,
          state,
          timestamp,
          data: { applicationId, composeId, serverId, titleLog: title, type: "deploy" },
        })),
  };

  return {
    projects,
    environments,
    servers,
    applications,
    composes,
    domains,
    deployments,
    services,
    behaviour,
    answers,
  };
};

export const notFound = (what: string): never => {
  throw new Refused(404, `${what} not found`, "NOT_FOUND");
};
