import type { NewDomain } from "./dokploy.ts";

/** The body that makes a domain, for the call itself and for showing it before. */
export const newDomainBody = ({ host, port, https, path, certificate, applicationId }: NewDomain) => ({
  host,
  https,
  ...(https && certificate.from === "resolver"
    ? { certificateType: "custom", customCertResolver: certificate.name }
    : { certificateType: https && certificate.from === "letsencrypt" ? "letsencrypt" : "none" }),
  port,
  path,
  applicationId,
  domainType: "application",
});

/** The body that mounts a volume. */
export const newVolumeBody = (
  serviceId: string,
  { volumeName, mountPath }: { volumeName: string; mountPath: string },
) => ({ type: "volume", volumeName, mountPath, serviceType: "application", serviceId });
