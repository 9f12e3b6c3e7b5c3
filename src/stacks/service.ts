import type {
  ApplicationDetails,
  ComposeDetails,
  Deployable,
  Dokploy,
  NewService,
} from "#connectors/dokploy/dokploy.ts";

/** Which of the two a stack is; everything else about it is done alike. */
export type Kind = "application" | "compose";

/** The stack's application or compose service, as its step found or made it. */
export type UsedService = Deployable & {
  name: string;
  /** Its service's name in the swarm, or its project's in Docker Compose. */
  appName: string;
  /** Where that is; null, or left out by runs of earlier versions: on Dokploy's own server. */
  serverId?: string | null;
  /** Whether this run made it; what others made is never removed. */
  made: boolean;
  /** Ids of the domains that it had before this run. */
  domainsBefore: string[];
  /** What it was set to before, sealed; null: nothing, because this run made it. */
  former: string | null;
};

export const idOf = (one: Deployable): string => ("composeId" in one ? one.composeId : one.applicationId);

export const deployable = (kind: Kind, id: string): Deployable =>
  kind === "compose" ? { composeId: id } : { applicationId: id };

/** "application" or "compose service", for sentences. */
export const wordOf = (one: Deployable): string => wordFor("composeId" in one ? "compose" : "application");

export const wordFor = (kind: Kind): string => (kind === "compose" ? "compose service" : "application");

export const listed = (
  dokploy: Dokploy,
  kind: Kind,
  where: { projectId: string; environmentId: string },
  signal: AbortSignal,
) =>
  kind === "compose"
    ? dokploy.composes(where.projectId, where.environmentId, signal)
    : dokploy.applications(where.projectId, where.environmentId, signal);

export const detailsOf = (
  dokploy: Dokploy,
  one: Deployable,
  signal: AbortSignal,
): Promise<ApplicationDetails | ComposeDetails> =>
  "composeId" in one
    ? dokploy.compose(one.composeId, signal)
    : dokploy.application(one.applicationId, signal);

export const create = (dokploy: Dokploy, kind: Kind, wish: NewService, signal: AbortSignal) =>
  kind === "compose" ? dokploy.createCompose(wish, signal) : dokploy.createApplication(wish, signal);

/** What removes on the server what runs of it, when Dokploy does not know of it any more. */
export const commandToRemove = (one: Deployable & { appName: string }): string =>
  "composeId" in one ? `docker compose -p ${one.appName} down` : `docker service rm ${one.appName}`;
