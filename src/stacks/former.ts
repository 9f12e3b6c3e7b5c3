import { z } from "zod";
import type { ApplicationDetails, ComposeDetails } from "#connectors/dokploy/dokploy.ts";
import { columnsRow } from "#connectors/dokploy/schemas.ts";
import type { Secrets } from "#core/secrets.ts";

const former = z.object({
  /** What earlier versions kept lacks most of them; those they did not change. */
  columns: columnsRow.partial(),
  mountIds: z.array(z.string()),
  /** Whether anything of it had been deployed. */
  ran: z.boolean(),
});

/** What an application or a compose service was set to before this run. Its variables and password are secrets of somebody, so it is kept sealed. */
export type Former = z.infer<typeof former>;

const ownerOf = (runId: string): string => `run/${runId}/former-application`;

export const sealFormer = (
  secrets: Secrets,
  runId: string,
  found: ApplicationDetails | ComposeDetails,
): string => {
  const { columns, mounts, status } = found;
  const kept: Former = { columns, mountIds: mounts.map(({ mountId }) => mountId), ran: status !== "idle" };
  return secrets.seal(JSON.stringify(kept), ownerOf(runId));
};

/** Throws AppError("conflict") when it was sealed with another key file. */
export const openFormer = (secrets: Secrets, runId: string, sealed: string): Former => {
  const kept: unknown = JSON.parse(secrets.open(sealed, ownerOf(runId)));
  const read = former.safeParse(kept);
  return read.success ? read.data : { ...earlier.parse(kept), mountIds: [] };
};

/** As runs that began before this version have it. */
const earlier = z
  .object({
    sourceType: z.string().nullable(),
    dockerImage: z.string().nullable(),
    env: z.string().nullable(),
    ran: z.boolean(),
  })
  .transform(({ ran, ...columns }) => ({ columns, ran }));
