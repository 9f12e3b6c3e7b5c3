import { z } from "zod";
import { type Calls, id, mutation, query } from "./call.ts";
import type { DomainRow } from "./rows.ts";
import { findApplication, findDomain, timestamp, type World } from "./world.ts";

/** RFC 1123: labels of letters, digits and hyphens. */
const host = z
  .string()
  .max(253)
  .regex(
    /^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/i,
    "Invalid hostname",
  );

const newDomain = z.object({
  host,
  path: z.string().min(1).nullish(),
  port: z.number().min(1).max(65_535).nullish(),
  https: z.boolean().optional(),
  applicationId: z.string().nullish(),
  certificateType: z.enum(["letsencrypt", "none", "custom"]).optional(),
  domainType: z.enum(["compose", "application", "preview"]).nullish(),
});

export const domainCalls = (world: World): Calls => {
  const { tables, save } = world.file;
  return {
    // The same host is accepted again.
    "domain.create": mutation(newDomain, (wish) => {
      const application = findApplication(tables, wish.applicationId ?? "");
      const { applicationId, appName } = application;
      const domain: DomainRow = {
        domainId: world.newId(),
        host: wish.host,
        https: wish.https ?? false,
        port: wish.port ?? 3_000,
        path: wish.path ?? "/",
        certificateType: wish.certificateType ?? "none",
        domainType: wish.domainType ?? "application",
        applicationId,
        uniqueConfigKey: tables.domains.filter((row) => row.applicationId === applicationId).length + 1,
        createdAt: timestamp(world),
        enabled: true,
      };
      tables.domains.push(domain);
      const { domainId, port, path, https } = domain;
      tables.routes.push({
        domainId,
        appName,
        host: wish.host,
        port: port ?? 3_000,
        path: path ?? "/",
        https,
      });
      save();
      return domain;
    }),

    "domain.byApplicationId": query(z.object({ applicationId: id }), ({ applicationId }) => {
      const { appName, name } = findApplication(tables, applicationId);
      return tables.domains
        .filter((row) => row.applicationId === applicationId)
        .map((row) => ({ ...row, application: { applicationId, appName, name } }));
    }),

    "domain.delete": mutation(z.object({ domainId: id }), ({ domainId }) => {
      const domain = findDomain(tables, domainId);
      tables.domains = tables.domains.filter((row) => row !== domain);
      tables.routes = tables.routes.filter((route) => route.domainId !== domainId);
      save();
      return domain;
    }),

    // Never asks a real name server: only the names that lead to this machine are known.
    "domain.validateDomain": mutation(
      z.object({ domain: z.string(), serverIp: z.string().optional() }),
      ({ domain, serverIp }) => {
        if (!domain.toLowerCase().endsWith(`.${world.domainSuffix}`))
          return { isValid: false, error: `queryA ENOTFOUND ${domain}` };
        const resolvedIp = "127.0.0.1";
        if (serverIp === undefined || serverIp === resolvedIp) return { isValid: true, resolvedIp };
        const error = `Domain resolves to ${resolvedIp} but should point to ${serverIp}`;
        return { isValid: false, resolvedIp, error };
      },
    ),
  };
};
