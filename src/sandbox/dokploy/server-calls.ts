import { z } from "zod";
import { type Calls, query } from "./call.ts";
import type { Member } from "./faults.ts";
import { permissionsOf } from "./permissions.ts";
import { organizationId, type ProjectRow } from "./rows.ts";
import { secondServer } from "./second-server.ts";
import { timestamp, type World } from "./world.ts";

/** The version whose behaviour was recorded. */
const version = "v0.30.2";

/** What the server and the key's owner are. */
export const serverCalls = (world: World): Calls => {
  const { tables } = world.file;
  return {
    "settings.getDokployVersion": query(z.unknown(), () => version),

    "user.get": query(z.unknown(), () => ({
      id: "this-machine-member",
      organizationId,
      userId: "this-machine-user",
      role: world.faults.member?.role ?? "owner",
      createdAt: timestamp(world),
      teamId: null,
      isDefault: true,
      ...noRights,
      ...columnsOf(world.faults.member),
      accessedProjects: tables.projects.map(({ projectId }: ProjectRow) => projectId),
      accessedEnvironments: tables.environments.map(({ environmentId }) => environmentId),
      accessedServices: [
        ...tables.applications.map(({ applicationId }) => applicationId),
        ...tables.composes.map(({ composeId }) => composeId),
      ],
      accessedGitProviders: [],
      accessedServers: [],
      user: {
        id: "this-machine-user",
        firstName: "Owner",
        lastName: "",
        email: "owner@localhost",
        image: null,
        allowImpersonation: false,
        twoFactorEnabled: false,
        stripeCustomerId: null,
        stripeSubscriptionId: null,
        serversQuantity: 0,
        isEnterpriseCloud: false,
        sendInvoiceNotifications: false,
        apiKeys: [
          {
            id: "this-machine-key",
            name: "mp",
            prefix: null,
            enabled: true,
            expiresAt: null,
            createdAt: timestamp(world),
          },
        ],
      },
    })),

    "user.getPermissions": query(z.unknown(), () => permissionsOf(world.faults.member)),

    // Its own server is none of them.
    "server.all": query(z.unknown(), () => [secondServer(world)]),
  };
};

/** Of a role that somebody made, the columns say nothing. */
const columnsOf = (member: Member | null) =>
  member?.role !== "member"
    ? {}
    : {
        canCreateProjects: member.may.includes("project.create"),
        canCreateServices: member.may.includes("service.create"),
        canDeleteProjects: member.may.includes("project.delete"),
        canDeleteServices: member.may.includes("service.delete"),
        canAccessToDocker: member.may.includes("docker.read"),
      };

/** An owner's row says no to everything, and an owner may do everything. */
const noRights = {
  canCreateProjects: false,
  canAccessToSSHKeys: false,
  canCreateServices: false,
  canDeleteProjects: false,
  canDeleteServices: false,
  canAccessToDocker: false,
  canAccessToAPI: false,
  canAccessToGitProviders: false,
  canAccessToTraefikFiles: false,
  canDeleteEnvironments: false,
  canCreateEnvironments: false,
};
