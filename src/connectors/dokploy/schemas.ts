import { z } from "zod";
import type { Application, ApplicationDetails, Environment, Service } from "./dokploy.ts";

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

const applicationRow = z.looseObject({
  applicationId: id,
  name: z.string(),
  appName: z.string().default(""),
  description: text,
  applicationStatus: z.string(),
});

const applicationOf = (row: z.output<typeof applicationRow>): Application => ({
  applicationId: row.applicationId,
  name: row.name,
  appName: row.appName,
  description: row.description,
  status: row.applicationStatus,
});

export const applicationAnswer = applicationRow.transform(applicationOf);

export const applicationDetails = applicationRow.extend({ sourceType: text, dockerImage: text }).transform(
  (row): ApplicationDetails => ({
    ...applicationOf(row),
    sourceType: row.sourceType,
    dockerImage: row.dockerImage,
  }),
);

export const environmentApplications = z.looseObject({
  environmentId: id,
  applications: z.array(applicationAnswer).default([]),
});

export const domainRow = z
  .looseObject({
    domainId: id,
    host: z.string(),
    path: z.string().nullish(),
    port: z.number().nullish(),
    https: z.boolean(),
  })
  .transform(({ domainId, host, path, port, https }) => ({
    domainId,
    host,
    path: path ?? "/",
    port: port ?? null,
    https,
  }));

export const deploymentRow = z
  .looseObject({ deploymentId: id, title: text, status: z.string(), errorMessage: text })
  .transform(({ deploymentId, title, status, errorMessage }) => ({
    deploymentId,
    title: title ?? "",
    status,
    errorMessage,
  }));

export const queuedJob = z
  .looseObject({
    id: z.union([z.string(), z.number()]).transform(String),
    state: z.string(),
    data: z.looseObject({ applicationId: text, titleLog: text }).nullish(),
  })
  .transform(({ id: jobId, state, data }) => ({
    id: jobId,
    state,
    applicationId: data?.applicationId ?? null,
    title: data?.titleLog ?? null,
  }));

/** An answer of which nothing is read: `true`, the row that was removed, or an empty body. */
export const anything = z.unknown();
