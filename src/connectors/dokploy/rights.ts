/**
 * What stacks need of a key's owner, by Dokploy's own names (its statements of access control, which `user.getPermissions` answers with),
 * and what a sentence calls it: “may not …”.
 */
const words = {
  "project.create": "create projects",
  "project.delete": "delete projects",
  "environment.read": "see environments",
  "environment.create": "create environments",
  "environment.delete": "delete environments",
  "service.read": "see services",
  "service.create": "create services",
  "service.delete": "delete services",
  "domain.read": "see domains",
  "domain.create": "add domains",
  "domain.delete": "delete domains",
  "volume.create": "mount volumes",
  "volume.delete": "delete mounts of volumes",
  "deployment.read": "see deployments",
  "deployment.create": "order deployments",
  "deployment.cancel": "drop deployments that wait",
  "docker.read": "see Docker",
  "logs.read": "see what containers write",
} as const;

export type Right = keyof typeof words;

export const rights = Object.keys(words) as Right[];

/** Without these no stack can be made, and without the second ones none can be removed again. */
export const toMake = [
  ...(["project.create", "environment.read", "service.read", "service.create"] as const),
  ...(["domain.read", "domain.create", "deployment.read", "deployment.create"] as const),
] satisfies readonly Right[];
export const toRemove = ["service.delete", "domain.delete", "project.delete"] satisfies readonly Right[];

/** “create projects, delete services” */
export const wordsOf = (needed: readonly Right[]): string => needed.map((right) => words[right]).join(", ");
