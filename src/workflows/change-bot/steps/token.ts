import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoOptions } from "#core/workflow.ts";
import { accountPath } from "#openclaw/accounts.ts";
import type { NodeDeps } from "#openclaw/deps.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { configAt, setConfig } from "#openclaw/patch-config.ts";
import { placesOf } from "#openclaw/places.ts";
import type { Change } from "#workflows/change-bot/start.ts";
import type { Before } from "./before.ts";

interface Ready extends Connected {
  before: Before;
}

export interface Token {
  /** Where the new one is; null: it stays as it is. */
  file: string | null;
  /** When the account was last started before, as its gateway says. */
  startedAt: number | null;
}

const asIs = "Its token stays as it is.";
/** Each change has a file of its own, so that the gateway sees another one, and the one before is there for an undo. */
const fileOf = ({ ssh }: Connected, { name }: Change, runId: string): string =>
  posix.join(placesOf(ssh, { name }).secrets, `${name}-${runId.slice(-8)}.tok`);

/** Puts the new token into a file of its own and lets the account use that. The file before stays there until somebody removes it. */
export const changeToken = (deps: NodeDeps): DoOptions<Change, Ready, Token, "token"> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { account } = results.before;
      if (!input.hasToken || account === null) return new Skip(asIs, { file: null, startedAt: null });
      const file = fileOf(results, input, ctx.runId);
      // A try before this one may have led the account to the new token already, so its start is no longer that of before.
      const startedAt = results.before.startedAt ?? null;
      await node.mustShell(["mkdir", "-p", "-m", "700", posix.dirname(file)]);
      await node.ssh.upload(ctx.secret("token"), file, { mode: 0o600, signal });
      ctx.log(`The token is in ${file}, mode 600.`);
      await setConfig(node, `${accountPath(account)}.tokenFile`, file);
      await assertUsed(node, account, file);
      return { file, startedAt };
    }),
  safeBecause: "The same token is put into the same file again.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { account, tokenFile } = results.before;
      if (!input.hasToken || account === null) return;
      const file = fileOf(results, input, ctx.runId);
      const path = `${accountPath(account)}.tokenFile`;
      let stays: string | null = null;
      if ((await configAt(node, path)) === file) await setConfig(node, path, tokenFile);
      else stays = `The account “${account}” has been given another token since, which stays.`;
      await node.ssh.remove(file, signal);
      return stays === null ? undefined : { stays };
    }),
  plan: ({ input, results, runId }) => {
    const { account, tokenFile } = results.before;
    if (!input.hasToken || account === null)
      return { lines: [], skip: asIs, result: { file: null, startedAt: null } };
    const file = fileOf(results, input, runId);
    return {
      lines: [
        says(`Puts the token into ${file} by SFTP, mode 600, and lets the account “${account}” use that.`),
        says(`${tokenFile ?? "The token in the configuration"} stays where it is, for an undo.`),
      ],
      result: { file, startedAt: null },
    };
  },
  detail: ({ file }) => file ?? "",
  stopWithinMs: 12_000,
  weightMs: 8_000,
});

const assertUsed = async (node: Node, account: string, file: string): Promise<void> => {
  if ((await configAt(node, `${accountPath(account)}.tokenFile`)) === file) return;
  throw new AppError(
    "remote-odd",
    `OpenClaw on ${node.ssh.name} did not keep where the token of “${account}” is.`,
    {
      canPass: false,
    },
  );
};
