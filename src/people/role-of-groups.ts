import { type Role, roles } from "#core/people.ts";

/** What members of the groups of a provider are here; `*` stands for everybody whom it knows. */
export type GroupRoles = ReadonlyMap<string, Role>;

/**
 * Reads "admins=admin, staff=operator, *=viewer". Where names of groups have commas in them, as in LDAP, semicolons part the pairs. Null when
 * it is not so.
 */
export const readGroupRoles = (given: string): GroupRoles | null => {
  const pairs = given.split(given.includes(";") ? ";" : ",").filter((pair) => pair.trim() !== "");
  const read = pairs.map((pair) => {
    const at = pair.lastIndexOf("=");
    return [pair.slice(0, at).trim(), roles.find((role) => role === pair.slice(at + 1).trim())] as const;
  });
  const known = read.filter((pair): pair is [string, Role] => pair[0] !== "" && pair[1] !== undefined);
  return known.length === read.length ? new Map(known) : null;
};

/** The most that one of these groups lets somebody be; null: none lets them in. */
export const roleOfGroups = (groups: readonly string[], given: GroupRoles): Role | null =>
  roles.findLast((role) => [...groups, "*"].some((group) => given.get(group) === role)) ?? null;

/**
 * The groups in what a provider tells of somebody: in the claim of this name, or below it where the name is a path ("realm_access.roles").
 */
export const groupsIn = (claims: Readonly<Record<string, unknown>>, claim: string): string[] | null => {
  const found = claims[claim] ?? claim.split(".").reduce<unknown>(within, claims);
  if (typeof found === "string") return [found];
  return Array.isArray(found) ? found.filter((one) => typeof one === "string") : null;
};

const within = (value: unknown, name: string): unknown =>
  typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Record<string, unknown>)[name]
    : undefined;
