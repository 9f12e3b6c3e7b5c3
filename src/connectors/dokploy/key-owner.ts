import { z } from "zod";
import { type Right, rights } from "./rights.ts";

/** What the owner of the key may do. */
export interface KeyOwner {
  /** "owner", "admin" and "member"; larger installations have others. */
  role: string;
  /** Left out: Dokploy does not tell of it, as before v0.28.7 of most. */
  rights: Readonly<Partial<Record<Right, boolean>>>;
}

/** Those of them that Dokploy says are not given; what it does not tell of is not among them. */
export const lacks = <R extends Right>(owner: KeyOwner | null, needed: readonly R[]): R[] =>
  needed.filter((right) => owner?.rights[right] === false);

const right = z
  .boolean()
  .nullish()
  .transform((value) => value ?? false);

/** Only of a member do these columns say anything: an owner's are all false. */
export const keyOwnerRow = z
  .looseObject({
    role: z.string(),
    canCreateProjects: right,
    canCreateServices: right,
    canDeleteProjects: right,
    canDeleteServices: right,
    canAccessToDocker: right,
  })
  .transform(
    ({ role, ...can }): KeyOwner => ({
      role,
      rights:
        role === "member"
          ? {
              "project.create": can.canCreateProjects,
              "service.create": can.canCreateServices,
              "project.delete": can.canDeleteProjects,
              "service.delete": can.canDeleteServices,
              "docker.read": can.canAccessToDocker,
            }
          : {},
    }),
  );

/** {"service": {"create": true, "read": true, "delete": false}, …} */
export const permissionsRow = z.record(z.string(), z.record(z.string(), z.boolean())).transform((told) =>
  Object.fromEntries(
    rights.flatMap((name) => {
      const [resource = "", action = ""] = name.split(".");
      const given = told[resource]?.[action];
      return given === undefined ? [] : [[name, given]];
    }),
  ),
);
