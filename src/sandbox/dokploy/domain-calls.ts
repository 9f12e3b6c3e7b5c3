import { z } from "zod";
import { ApiError } from "./api-error.ts";
import { type Calls, id, mutation, query } from "./call.ts";
import type { DomainRow } from "./rows.ts";
import { findDomain, timestamp, type World } from "./world.ts";

/** RFC 1123: labels of letters, digits and hyphens. */
const hostName = /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i;

const newDomain = z.object({
  host: z
    .string()
    .min(1, { message: "Add a hostname", abort: true })
    .refine((text) => text === text.trim(), {
      message: "Domain name cannot have leading or trailing spaces",
      abort: true,
    })
    .refine(
      (text) => text.length <= 253 && hostName.test(text),
      "Invalid domain name. Use only letters, numbers, hyphens and dots (e.g. example.com). Underscores are not allowed.",
    ),
  path: z.string().min(1).nullish(),
  port: z.number().min(1, "Port must be at least 1").max(65_535, "Port must be 65535 or below").nullish(),
  https: z.boolean().optional(),
  applicationId: z.string().nullish(),
  composeId: z.string().nullish(),
  serviceName: z.string().nullish(),
  certificateType: z.enum(["letsencrypt", "none", "custom"]).optional(),
  customCertResolver: z.string().nullish(),
  domainType: z.enum(["compose", "application", "preview"]).nullish(),
});

export const domainCalls = (world: World): Calls => {
  const { tables, save } = world.file;
  return {
    // The same host is accepted again, and a domain may belong to nothing.
    "domain.create": mutation(newDomain, (wish) => {
      const application = tables.applications.find((row) => row.applicationId === wish.applicationId);
      if (application === undefined && wish.applicationId) throw brokenInsert();
      const compose = tables.composes.find((row) => row.composeId === wish.composeId);
      if (compose === undefined && wish.composeId) throw new ApiError("BAD_REQUEST", "Compose not found");
      tables.configKeys =
        Math.max(tables.configKeys, ...tables.domains.map((row) => row.uniqueConfigKey)) + 1;
      const domain: DomainRow = {
        domainId: world.newId(),
        host: wish.host,
        https: wish.https ?? false,
        port: wish.port ?? 3_000,
        path: wish.path ?? "/",
        certificateType: wish.certificateType ?? "none",
        customCertResolver: wish.customCertResolver ?? null,
        domainType: wish.domainType ?? "application",
        applicationId: wish.applicationId ?? null,
        composeId: wish.composeId ?? null,
        serviceName: wish.serviceName ?? null,
        uniqueConfigKey: tables.configKeys,
        createdAt: timestamp(world),
        enabled: true,
      };
      tables.domains.push(domain);
      const { domainId, host, port, path, https } = domain;
      if (application !== undefined)
        tables.routes.push({
          domainId,
          appName: application.appName,
          host,
          port: port ?? 3_000,
          path: path ?? "/",
          https,
        });
      save();
      return shown(domain);
    }),

    // A key that sees everything is answered with an empty list for an id that is not there.
    "domain.byApplicationId": query(z.object({ applicationId: id }), ({ applicationId }) =>
      tables.domains.filter((row) => row.applicationId === applicationId).map(withOwner),
    ),

    "domain.byComposeId": query(z.object({ composeId: id }), ({ composeId }) =>
      tables.domains.filter((row) => row.composeId === composeId).map(withOwner),
    ),

    "domain.one": query(z.object({ domainId: id }), ({ domainId }) =>
      withOwner(findDomain(tables, domainId)),
    ),

    "domain.delete": mutation(z.object({ domainId: id }), ({ domainId }) => {
      const domain = findDomain(tables, domainId);
      tables.domains = tables.domains.filter((row) => row !== domain);
      // Of a compose service it is a label of its container, so it leads there until the next deployment.
      if (domain.composeId === null)
        tables.routes = tables.routes.filter((route) => route.domainId !== domainId);
      save();
      return shown(domain);
    }),

    // Never asks a real name server: only what a test says leads anywhere. Names under "localhost" are in no name server.
    "domain.validateDomain": mutation(
      z.object({ domain: z.string(), serverIp: z.string().optional() }),
      ({ domain, serverIp }) => {
        const resolvedIp = world.faults.dns[domain.toLowerCase()];
        if (resolvedIp === undefined) return { isValid: false, error: `queryA ENOTFOUND ${domain}` };
        if (serverIp === undefined || serverIp === resolvedIp) return { isValid: true, resolvedIp };
        const error = `Domain resolves to ${resolvedIp} but should point to ${serverIp}`;
        return { isValid: false, resolvedIp, error };
      },
    ),
  };

  function withOwner(domain: DomainRow) {
    const application = tables.applications.find((row) => row.applicationId === domain.applicationId);
    const compose = tables.composes.find((row) => row.composeId === domain.composeId);
    return {
      ...shown(domain),
      ...(application && { application: ownerOf("applicationId", application) }),
      ...(compose && { compose: ownerOf("composeId", compose) }),
    };
  }
};

const ownerOf = <K extends string>(
  key: K,
  row: { appName: string; name: string } & { [One in NoInfer<K>]: string },
) => ({ [key]: row[key], appName: row.appName, name: row.name });

/** With the columns that nothing here reads. */
export const shown = (domain: DomainRow) => ({
  ...domain,
  customEntrypoint: null,
  previewDeploymentId: null,
  internalPath: "/",
  stripPath: false,
  middlewares: [],
  forwardAuthEnabled: false,
});

/** The database's own words, as Dokploy hands them on. */
const brokenInsert = (): ApiError =>
  new ApiError(
    "BAD_REQUEST",
    'Failed query: insert into "domain" ("domainId", "host", "https", "port", "customEntrypoint", "path", "serviceName", "domainType", "uniqueConfigKey", "createdAt", "composeId", "customCertResolver", "applicationId", "previewDeploymentId", "certificateType", "internalPath", "stripPath", "middlewares", "forwardAuthEnabled", "enabled") values ($1, $2, default, default, default, default, default, $3, default, default, default, default, $4, default, default, default, default, default, default, default)',
  );
