import { z } from "zod";
import { type Access, type AccessAct, type AccessKind, accessActs } from "#core/access.ts";
import { AppError } from "#core/errors.ts";
import { roles } from "#core/people.ts";
import type { AccessObject } from "#people/access.ts";
import type { WebDeps } from "./deps.ts";

export type AccessDeps = Pick<WebDeps, "engine" | "connections" | "access" | "people">;

const allowed = z.strictObject({
  roles: z.array(z.enum(roles)).readonly().default([]),
  people: z.array(z.string()).readonly().default([]),
});
const actsOf = <A extends AccessAct>(acts: readonly A[]) =>
  z.strictObject(
    Object.fromEntries(acts.map((act) => [act, allowed.optional()])) as Record<
      A,
      z.ZodOptional<typeof allowed>
    >,
  );

/** What may be said of each kind. */
export const accessSchemas = {
  workflow: actsOf(accessActs.workflow),
  connection: actsOf(accessActs.connection),
};

/** The workflow or the connection with this id. Throws AppError("not-found"). */
export const accessObject = async (
  { engine, connections }: AccessDeps,
  kind: AccessKind,
  id: string,
): Promise<AccessObject> => ({
  kind,
  id,
  title: kind === "workflow" ? engine.workflow(id).title : (await connections.get(id)).name,
});

/** Acts of which nothing is said left out, and nobody named who is not here. Throws AppError("bad-input"). */
export const readAccess = async (
  { people }: AccessDeps,
  kind: AccessKind,
  given: unknown,
): Promise<Access> => {
  const read = accessSchemas[kind].safeParse(given);
  if (!read.success) {
    const [issue] = read.error.issues;
    const field = issue?.path.join(".") ?? "";
    throw new AppError("bad-input", `What was said of “${field}” cannot be used: ${issue?.message}.`, {
      field,
    });
  }
  const said: Access = read.data;
  const there = new Set((await people.list()).map(({ id }) => id));
  for (const act of accessActs[kind]) {
    const stranger = said[act]?.people.find((id) => !there.has(id));
    if (stranger !== undefined)
      throw new AppError(
        "bad-input",
        `There is nobody here with the id “${stranger}”. Reload the page and choose from the list.`,
        { field: act },
      );
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => value !== undefined));
};
