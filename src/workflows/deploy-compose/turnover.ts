import type { Container } from "#connectors/dokploy/containers.ts";
import type { Turnover } from "#stacks/turnover.ts";
import type { ComposeService } from "./compose-file.ts";

interface Expected {
  /** Its name in Docker Compose. */
  appName: string;
  services: readonly ComposeService[];
  /** Containers that were there when the deployment was ordered. */
  replaces: readonly string[];
  /** Services whose image is another than before: their containers must be new. */
  changed: ReadonlySet<string>;
  monitorMs: number;
}

/**
 * Compares a compose service's containers with its file. Docker Compose ends a container before it starts the one in its place and keeps those
 * of which nothing was changed, so a container that was there before proves something only where its image is the same.
 */
export const turnoverOf = (containers: readonly Container[], expected: Expected): Turnover => {
  const { services, replaces, changed, monitorMs } = expected;
  const started = services.filter(({ dormant }) => !dormant);
  const by = new Map(
    started.map((service) => [service, containers.filter((one) => isOf(one, service, expected))]),
  );
  const failed = [...by].flatMap(([service, own]) =>
    own
      .filter((one) => hasFailed(one, service))
      .map(({ state, status }) => ({ is: state, error: `${service.name}: ${status || state}` })),
  );
  if (failed.length > 0) {
    const down = failed.some(({ is }) => is !== "restarting");
    return { is: "failed", tasks: failed, next: down ? "stays down" : "starts again" };
  }
  for (const [service, own] of by) {
    const word = notYet(service, own, { replaces, changed, monitorMs });
    if (word !== null) return { is: "under way", word };
  }
  const known = new Set([...by.values()].flat());
  const former = containers.find((one) => !known.has(one) && one.state === "running");
  // A name that the file leaves to a variable cannot be told apart.
  if (former !== undefined && !started.some(({ containerName }) => containerName?.includes("$")))
    return { is: "under way", word: `${former.name}, which the file does not name, has not ended yet.` };
  return { is: "over", what: whatRuns([...by], replaces) };
};

const isOf = ({ name }: Container, service: ComposeService, { appName }: Expected): boolean => {
  if (service.containerName !== null) return name === service.containerName;
  const start = `${appName}-${service.name}-`;
  return name.startsWith(start) && /^\d+$/.test(name.slice(start.length));
};

const endedWell = ({ state, status }: Container): boolean =>
  state === "exited" && /^exited \(0\)/i.test(status);

const hasFailed = (one: Container, { mayEnd }: ComposeService): boolean =>
  one.state === "restarting" ||
  one.state === "dead" ||
  (one.state === "exited" && !(mayEnd && endedWell(one)));

/** Why a service is not there yet; null when it is. */
const notYet = (
  { name, containers, mayEnd }: ComposeService,
  own: readonly Container[],
  { replaces, changed, monitorMs }: Pick<Expected, "replaces" | "changed" | "monitorMs">,
): string | null => {
  const up = own.filter((one) => one.state === "running" || (mayEnd && endedWell(one)));
  if (up.length < containers)
    return own.length === 0
      ? `“${name}” has no container yet.`
      : `${up.length} of ${containers} containers of “${name}” run.`;
  if (changed.has(name) && up.some(({ id }) => replaces.includes(id)))
    return `“${name}” still runs from its former image.`;
  const sick = up.find(({ status }) => /\((un|health: start)/.test(status));
  if (sick !== undefined)
    return /\(un/.test(sick.status)
      ? `“${name}” runs, but its own health check fails.`
      : `“${name}” runs; its own health check has not passed yet.`;
  const running = up.filter(({ state }) => state === "running");
  const sinceMs = Math.min(...running.map(({ forMs }) => forMs));
  return running.length > 0 && sinceMs < monitorMs
    ? `“${name}” runs since ${Math.round(sinceMs / 1_000)} s; looking whether it stays.`
    : null;
};

const whatRuns = (by: [ComposeService, readonly Container[]][], replaces: readonly string[]): string => {
  const kept = by
    .filter(([, own]) => own.every(({ id }) => replaces.includes(id)))
    .map(([{ name }]) => `“${name}”`);
  const all =
    by.length === 1 ? "Its service runs and has stayed." : `All ${by.length} services run and have stayed.`;
  return kept.length === 0
    ? `${all} Their containers are new.`
    : `${all} Docker Compose saw no change in ${kept.join(", ")} and kept ${kept.length === 1 ? "its container" : "their containers"}.`;
};
