import type { Dokploy, Domain, Service } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import type { StepContext } from "#core/step-context.ts";
import type { StackBase } from "./input.ts";
import { deployable, idOf, type UsedService } from "./service.ts";

export const sameHost = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

type Context = Pick<StepContext<StackBase, { "creating-application": UsedService }>, "results" | "signal">;

/** Throws AppError("conflict") when another application or compose service that the key sees uses one of the hosts. */
export const assertFree = async (
  dokploy: Dokploy,
  hosts: readonly string[],
  { results, signal }: Context,
  onLooked: (done: number, total: number) => void,
): Promise<void> => {
  const others = (await dokploy.projects(signal)).flatMap((project) =>
    project.environments.flatMap(({ services }) =>
      services
        .filter(({ kind, id }) => hasDomains(kind) && id !== idOf(results["creating-application"]))
        .map((service) => ({ service, project: project.name })),
    ),
  );
  for (const [index, { service, project }] of others.entries()) {
    const domains = await domainsOf(dokploy, service, signal).catch(noneWhenGone);
    const host = hosts.find((one) => domains.some((domain) => sameHost(domain.host, one)));
    if (host !== undefined) {
      const kind = service.kind === "compose" ? "compose service" : "application";
      throw new AppError(
        "conflict",
        `The host ${host} is in use by the ${kind} “${service.name}” of the project “${project}”. Choose another one, or remove the domain there.`,
        { field: "name" },
      );
    }
    onLooked(index + 1, others.length);
  }
};

const hasDomains = (kind: string): boolean => kind === "application" || kind === "compose";

const domainsOf = (dokploy: Dokploy, { kind, id }: Service, signal: AbortSignal): Promise<Domain[]> =>
  dokploy.domains(deployable(kind === "compose" ? "compose" : "application", id), signal);

/** What was removed while we looked has no domain any more. */
const noneWhenGone = (thrown: unknown): Domain[] => {
  if (thrown instanceof AppError && thrown.code === "not-found") return [];
  throw thrown;
};
