import type { Columns, Deployable, NewDomain, NewService } from "./dokploy.ts";

/** The body that makes a domain, for the call itself and for showing it before. */
export const newDomainBody = ({ host, port, https, path, certificate, ...of }: NewDomain) => ({
  host,
  https,
  ...(https && certificate.from === "resolver"
    ? { certificateType: "custom", customCertResolver: certificate.name }
    : { certificateType: https && certificate.from === "letsencrypt" ? "letsencrypt" : "none" }),
  port,
  path,
  ...of,
  domainType: "composeId" in of ? "compose" : "application",
});

/** The body that mounts a volume. */
export const newVolumeBody = (
  serviceId: string,
  { volumeName, mountPath }: { volumeName: string; mountPath: string },
) => ({ type: "volume", volumeName, mountPath, serviceType: "application", serviceId });

/** The body that makes a compose service of a file that is pasted. */
export const newComposeBody = (wish: NewService) => ({
  ...wish,
  composeType: "docker-compose",
  sourceType: "raw",
});

/** The call that changes something of it, "compose.update" say, and its body. */
export const change = (one: Deployable, { sourceType, ...columns }: Partial<Columns>) =>
  ({
    call: `${kindOf(one)}.update`,
    body: { ...idOf(one), ...(sourceType != null && { sourceType }), ...columns },
  }) as const;

/** As Dokploy's calls begin. */
export const kindOf = (one: Deployable): "application" | "compose" =>
  "composeId" in one ? "compose" : "application";

/** The id alone, for a body or a query. */
export const idOf = (one: Deployable): Deployable =>
  "composeId" in one ? { composeId: one.composeId } : { applicationId: one.applicationId };
