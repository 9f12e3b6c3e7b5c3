import { z } from "zod";
import type { ApplicationDetails } from "#connectors/dokploy/dokploy.ts";
import type { Secrets } from "#core/secrets.ts";

const former = z.object({
  sourceType: z.string().nullable(),
  dockerImage: z.string().nullable(),
  env: z.string().nullable(),
  /** Whether anything of it had been deployed. */
  ran: z.boolean(),
});

/** What an application was set to before this run. Its variables are secrets of somebody, so it is kept sealed. */
export type Former = z.infer<typeof former>;

const ownerOf = (runId: string): string => `run/${runId}/former-application`;

export const sealFormer = (secrets: Secrets, runId: string, application: ApplicationDetails): string => {
  const { sourceType, dockerImage, env, status } = application;
  const kept: Former = { sourceType, dockerImage, env, ran: status !== "idle" };
  return secrets.seal(JSON.stringify(kept), ownerOf(runId));
};

/** Throws AppError("conflict") when it was sealed with another key file. */
export const openFormer = (secrets: Secrets, runId: string, sealed: string): Former =>
  former.parse(JSON.parse(secrets.open(sealed, ownerOf(runId))));
