import { z } from "zod";
import type { Container, Task } from "./containers.ts";
import type {
  Application,
  ApplicationDetails,
  Compose,
  ComposeDetails,
  Environment,
  Mount,
  Service,
} from "./dokploy.ts";

/** The answers of Dokploy's API as far as we read them. Everything else in them is allowed: releases add fields at will. */

const id = z.string().min(1);
const text = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

/** {"message", "code", "issues"}; a refused key is answered with the message alone. */
export const errorAnswer = z.looseObject({
  message: z.string(),
  code: z.string().nullish(),
  issues: z.array(z.looseObject({ message: z.string(), path: z.array(z.unknown()).nullish() })).nullish(),
});

const environmentHead = z.looseObject({
  environmentId: id,
  name: z.string(),
  description: text,
  isDefault: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
});

/** An environment lists its services by kind: {"applications": [{"applicationId", "name"}], "postgres": [{"postgresId", …}], …}. */
export const environmentRow = environmentHead.transform(
  (row): Environment => ({
    environmentId: row.environmentId,
    name: row.name,
    description: row.description,
    isDefault: row.isDefault,
    services: Object.entries(row).flatMap(([kind, rows]) =>
      Array.isArray(rows) ? rows.map((one) => serviceOf(kind.replace(/s$/, ""), one)) : [],
    ),
  }),
);

const named = z.looseObject({ name: z.string().nullish() });

const serviceOf = (list: string, row: unknown): Service => {
  const kind = list === "postgre" || list === "redi" ? `${list}s` : list;
  const read = named.safeParse(row);
  const rowId = read.success ? read.data[`${kind}Id`] : undefined;
  const known = typeof rowId === "string" ? rowId : "";
  return { kind, id: known, name: (read.success ? read.data.name : null) ?? known };
};

export const projectRow = z.looseObject({
  projectId: id,
  name: z.string(),
  description: text,
  environments: z.array(environmentRow).default([]),
});

const createdProject = z.looseObject({ projectId: id });

/** Nested since v0.25.0, flat before. */
export const projectCreated = z.union([
  z
    .looseObject({ project: createdProject, environment: environmentHead.nullish() })
    .transform(({ project, environment }) => ({
      projectId: project.projectId,
      environmentId: environment?.environmentId ?? null,
    })),
  createdProject.transform(({ projectId }) => ({ projectId, environmentId: null })),
]);

const headRow = z.looseObject({ name: z.string(), appName: z.string().default(""), description: text });
const applicationRow = headRow.extend({ applicationId: id, applicationStatus: z.string() });
const composeRow = headRow.extend({ composeId: id, composeStatus: z.string() });

const headOf = ({ name, appName, description }: z.output<typeof headRow>) => ({ name, appName, description });

const applicationOf = (row: z.output<typeof applicationRow>): Application => ({
  applicationId: row.applicationId,
  ...headOf(row),
  status: row.applicationStatus,
});

const composeOf = (row: z.output<typeof composeRow>): Compose => ({
  composeId: row.composeId,
  ...headOf(row),
  status: row.composeStatus,
});

export const applicationAnswer = applicationRow.transform(applicationOf);
export const composeAnswer = composeRow.transform(composeOf);

export const columnsRow = z.object({
  sourceType: text,
  dockerImage: text,
  composeFile: text,
  env: text,
  username: text,
  password: text,
  registryUrl: text,
  replicas: z.number().default(1),
  memoryLimit: text,
  command: text,
});

const mountRow = z
  .looseObject({ mountId: id, type: z.string(), volumeName: text, mountPath: z.string() })
  .transform(({ mountId, type, volumeName, mountPath }): Mount => ({ mountId, type, volumeName, mountPath }));

const settingsShape = { ...columnsRow.shape, mounts: z.array(mountRow).default([]), serverId: text };

export const applicationDetails = applicationRow
  .extend(settingsShape)
  .transform((row): ApplicationDetails => ({ ...applicationOf(row), ...settingsOf(row) }));

export const composeDetails = composeRow
  .extend(settingsShape)
  .transform((row): ComposeDetails => ({ ...composeOf(row), ...settingsOf(row) }));

const settingsOf = (row: z.output<z.ZodObject<typeof settingsShape>>) => ({
  columns: columnsRow.parse(row),
  mounts: row.mounts,
  serverId: row.serverId,
});

export const serverRow = z
  .looseObject({ serverId: id, name: z.string() })
  .transform(({ serverId, name }) => ({ serverId, name }));

/** {"containerId", "state": what the swarm wants, "currentState": "Running 10 seconds ago", "error": "\"task: …\""} */
export const taskRow = z
  .looseObject({ containerId: id, currentState: z.string(), error: text })
  .transform(({ containerId, currentState, error }): Task => {
    const [word = ""] = currentState.trim().split(/\s/);
    return {
      id: containerId,
      is: word.toLowerCase(),
      forMs: spanMs(currentState),
      error: (error ?? "").replace(/^"|"$/g, "").trim(),
    };
  });

/** {"containerId", "name": "demo-abc123-web-1", "state": "running", "status": "Up 10 seconds"} */
export const containerRow = z
  .looseObject({ containerId: id, name: z.string(), state: z.string(), status: text })
  .transform(
    ({ containerId, name, state, status }): Container => ({
      id: containerId,
      name,
      state: state.toLowerCase(),
      status: status ?? "",
      forMs: spanMs(status ?? ""),
    }),
  );

/** Docker's rounded words (go-units HumanDuration): "less than a second", "10 seconds", "about a minute", "3 hours". At least so long. */
const spanMs = (words: string): number => {
  if (/less than a second/i.test(words)) return 0;
  const seconds = /\b(\d{1,9}) seconds?/i.exec(words)?.[1];
  return seconds === undefined ? 60_000 : Number(seconds) * 1_000;
};

export const lookedUp = z.looseObject({ isValid: z.boolean(), resolvedIp: text, error: text });

export const environmentServices = z.looseObject({
  environmentId: id,
  applications: z.array(applicationAnswer).default([]),
  compose: z.array(composeAnswer).default([]),
});

export const domainRow = z
  .looseObject({
    domainId: id,
    host: z.string(),
    path: z.string().nullish(),
    port: z.number().nullish(),
    https: z.boolean(),
    enabled: z.boolean().nullish(),
  })
  .transform(({ domainId, host, path, port, https, enabled }) => ({
    domainId,
    host,
    path: path ?? "/",
    port: port ?? null,
    https,
    enabled: enabled ?? true,
  }));

export const deploymentRow = z
  .looseObject({ deploymentId: id, title: text, description: text, status: z.string(), errorMessage: text })
  .transform(({ deploymentId, title, description, status, errorMessage }) => ({
    deploymentId,
    title: title ?? "",
    description: description ?? "",
    status,
    errorMessage,
  }));

export const queuedJob = z
  .looseObject({
    id: z.union([z.string(), z.number()]).transform(String),
    state: z.string(),
    timestamp: z.number().nullish(),
    data: z.looseObject({ applicationId: text, composeId: text, serverId: text, titleLog: text }).nullish(),
  })
  .transform(({ id: jobId, state, data, timestamp }) => ({
    id: jobId,
    state,
    orderedAt: timestamp ?? 0,
    applicationId: data?.applicationId ?? null,
    composeId: data?.composeId ?? null,
    serverId: data?.serverId ?? null,
    title: data?.titleLog ?? null,
  }));

/** An answer of which nothing is read: `true`, the row that was removed, or an empty body. */
export const anything = z.unknown();
