import { ApiError } from "./api-error.ts";
import type { Member } from "./faults.ts";
import type { World } from "./world.ts";

/** Refuses as Dokploy refuses a member who was not given a right. Owners may do everything, whatever the columns of their row say. */
export const assertMay = ({ faults }: Pick<World, "faults">, right: keyof Member, resource: string): void => {
  if (faults.member === null || faults.member[right]) return;
  throw new ApiError("UNAUTHORIZED", `unauthorized to access resource "${resource}"`);
};
