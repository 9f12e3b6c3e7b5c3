import { posix } from "node:path";
import { z } from "zod";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { DoOptions, UndoWaits } from "#core/workflow.ts";
import {
  accountPath,
  bind,
  bindAccount,
  hasAccount,
  removeAccount,
  removeAccountWords,
} from "#openclaw/accounts.ts";
import { openclawLines } from "#openclaw/command-lines.ts";
import type { NodeDeps, NodeFacts } from "#openclaw/deps.ts";
import { accountOf, gatewayUp } from "#openclaw/gateway.ts";
import { dropIfEmpty, keep, keptFolder, putBack } from "#openclaw/kept.ts";
import { type Node, onNode } from "#openclaw/node.ts";
import { lookAtRestart } from "#openclaw/restart.ts";
import type { Doomed, Ready } from "#workflows/delete-bot/doomed.ts";

const none = "It has no Telegram account of its own, so none is removed.";
const entryFile = "telegram-account.json";

/** Removes the account and its binding. Its entry is kept on the node, where its token may be part of it, and so is the token's file. */
export const removeItsAccount = (deps: NodeDeps): DoOptions<Doomed, Ready, { removed: string | null }> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { account, tokenFile } = results.before;
      if (account === null) return new Skip(none, { removed: null });
      const folder = keptFolder(results.ssh, input.name, ctx.runId);
      const kept = posix.join(folder, entryFile);
      // An attempt before may have kept it and then removed the account.
      if (!(await node.ssh.exists(kept, signal))) {
        const entry = await entryIn(node, results.ssh, account, signal);
        await node.mustShell(["mkdir", "-p", "-m", "700", folder]);
        await node.ssh.upload(JSON.stringify(entry), kept, { mode: 0o600, signal });
        ctx.log(`What OpenClaw knew of the account is in ${kept}, mode 600.`);
      }
      await removeAccount(node, input.name, account);
      if (tokenFile !== null) await keep(node, { path: tokenFile, folder, as: "token", signal });
      return { removed: account };
    }),
  safeBecause: "An account that is removed already stays removed, and what was kept of it is kept.",
  undo: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { input, results, signal } = ctx;
      const { account, tokenFile } = results.before;
      if (account === null) return null;
      const folder = keptFolder(results.ssh, input.name, ctx.runId);
      const kept = posix.join(folder, entryFile);
      if (!(await node.ssh.exists(kept, signal))) {
        await dropIfEmpty(node, folder, signal);
        return null;
      }
      // What was kept goes last, so that whoever comes again knows that this is not over.
      if (ctx.memo === undefined) {
        if (tokenFile !== null) await putBack(node, { path: tokenFile, folder, as: "token", signal });
        if (!(await hasAccount(node, account))) {
          const entry = (await node.ssh.read(kept, { signal })).toString();
          const stdin = `{"channels":{"telegram":{"accounts":{${JSON.stringify(account)}:${entry}}}}}`;
          await node.openclaw.must(["config", "patch", "--stdin"], { stdin });
        }
        await bindAccount(node, input.name, account);
      }
      const waits = await letGatewayRun(deps, node, account, ctx);
      if (waits !== null) return waits;
      await node.ssh.remove(kept, signal);
      await dropIfEmpty(node, folder, signal);
      return null;
    }),
  plan: async ({ input, results, runId }) => {
    const { account } = results.before;
    if (account === null) return { lines: [], skip: none, result: { removed: null } };
    return {
      lines: [
        says(`Keeps its entry and its token in ${keptFolder(results.ssh, input.name, runId)}, mode 600.`),
        ...(await openclawLines(deps, input, removeAccountWords(account), [
          ...bind("unbind", input.name, account),
          "--json",
        ])),
      ],
      result: { removed: account },
    };
  },
  detail: ({ removed }) => removed ?? "",
  stopWithinMs: 12_000,
  weightMs: 12_000,
});

/** What is remembered while the gateway is waited for. */
interface Memo {
  since: number;
  /** Of the restart, once the account was waited for in vain. */
  restart: { memo?: unknown } | null;
}

/** 2026.9.6 remembers that the account was stopped, and starts it with its own next start only. */
const letGatewayRun = async (
  { lookEveryMs, settleMs }: NodeDeps,
  node: Node,
  account: string,
  { results, signal, log, memo, waitedMs }: UndoContext<Doomed, Ready, { removed: string | null }>,
): Promise<UndoWaits | null> => {
  const { since, restart } = (memo as Memo | undefined) ?? { since: waitedMs, restart: null };
  if (restart !== null) {
    const looked = await lookAtRestart(node, results.ssh, { memo: restart.memo, waitedMs, signal, log });
    if ("done" in looked) return null;
    return { nextInMs: lookEveryMs, ...looked, memo: { since, restart: { memo: looked.memo } } };
  }
  // One that is down starts it when it comes back.
  if ((await gatewayUp(node, results.ssh, signal)) === null) return null;
  if ((await accountOf(node, account))?.running === true) return null;
  // One that does it by itself does so within a second or two.
  if (waitedMs - since < 2 * settleMs)
    return { waiting: "the gateway to start the account", memo: { since, restart }, nextInMs: lookEveryMs };
  log("The gateway does not start the account by itself; restarting it.");
  return { waiting: "a restart of the gateway", memo: { since, restart: {} }, nextInMs: 0 };
};

const accounts = z.looseObject({
  channels: z.looseObject({
    telegram: z.looseObject({ accounts: z.record(z.string(), z.looseObject({})) }),
  }),
});

/** OpenClaw's own commands blot secrets out, so the entry is taken from the file. */
const entryIn = async (
  { ssh }: Node,
  { stateDir }: NodeFacts,
  account: string,
  signal: AbortSignal,
): Promise<object> => {
  const path = posix.join(stateDir, "openclaw.json");
  try {
    const read = accounts.parse(JSON.parse((await ssh.read(path, { signal })).toString()));
    const entry = read.channels.telegram.accounts[account];
    if (entry !== undefined) return entry;
  } catch (thrown) {
    if (thrown instanceof AppError) throw thrown;
  }
  throw new AppError(
    "remote-odd",
    `What ${path} on ${ssh.name} says of the account “${account}” could not be read, so it could not be put back. Let “openclaw config patch” write the file once, then try again. (${accountPath(account)})`,
    { canPass: false },
  );
};
