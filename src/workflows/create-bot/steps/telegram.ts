import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { DoOptions, UndoWaits } from "#core/workflow.ts";
import {
  accountPath,
  accountsBoundTo,
  addAccount,
  bind,
  bindAccount,
  bindingsWords,
  hasAccount,
  hasOtherAccounts,
  removeAccount,
} from "#openclaw/accounts.ts";
import { openclawLines, shellLine } from "#openclaw/command-lines.ts";
import { accountOf, gatewayUp } from "#openclaw/gateway.ts";
import { type Connected, type Node, onNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import { needsPlugin, telegramPlugin } from "#openclaw/plugin.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";
import type { Before } from "./name.ts";

interface Ready extends Connected {
  name: Before;
}
type Undoing = UndoContext<BotInput, Ready, { account: string }, "token">;

const enablePlugin = ["plugins", "enable", "telegram"];
const makeSecrets = (folder: string) => ["mkdir", "-m", "700", folder];
/** What an upload that was cut off left beside the token's file: it may hold a part of the token. */
const removeParts = (folder: string, name: string) => [
  ...["find", folder, "-maxdepth", "1", "-type", "f"],
  ...["-name", `${name}.tok.milepost-*`, "-exec", "rm", "-f", "{}", ";"],
];
/**
 * Gives the bot its Telegram account and binds the two. The token goes by SFTP into a file that only the node's user reads, never into an
 * argument. OpenClaw takes any token for a good one and calls a conflict a success, so both lists are read back.
 */
export const bindTelegram = (deps: BotDeps): DoOptions<BotInput, Ready, { account: string }, "token"> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { ssh, openclaw } = node;
      const { name } = ctx.input;
      const places = placesOf(ctx.results.ssh, ctx.input);
      if (!(await ssh.exists(places.secrets, ctx.signal))) await node.mustShell(makeSecrets(places.secrets));
      if (ctx.attempt > 1) await node.mustShell(removeParts(places.secrets, name));
      await ssh.upload(ctx.secret("token"), places.token, { mode: 0o600, signal: ctx.signal });
      ctx.log(`The token is in ${places.token}, mode 600.`);
      if (await needsPlugin(node, ctx.results.ssh)) await openclaw.must(enablePlugin);
      // Of the first attempt the look at the name proved that there is none.
      if (ctx.attempt === 1 || !(await hasAccount(node, name)))
        await openclaw.must(addAccount(name, places.token));
      if (ctx.input.ownerId !== "") await allow(node, name, ctx.input.ownerId);
      await bindAccount(node, name);
      return { account: name };
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const { ownerId } = ctx.input;
      const allowed = ownerId === "" || (await isAllowed(node, name, ownerId));
      const there =
        allowed && (await accountsBoundTo(node, name)).includes(name) && (await hasAccount(node, name));
      return there
        ? {
            happened: true,
            result: { account: name },
            checked: `OpenClaw lists the account and the binding of “${name}”.`,
          }
        : {
            happened: false,
            checked: `OpenClaw does not list both the account and the binding of “${name}”.`,
          };
    }),
  undo: (ctx) => undo(deps, ctx),
  plan: async (ctx) => {
    const { name } = ctx.input;
    const places = placesOf(ctx.results.ssh, ctx.input);
    const { hadSecrets, hadPlugin } = ctx.results.name;
    return {
      lines: [
        ...(hadSecrets ? [] : [shellLine(makeSecrets(places.secrets))]),
        says(`Puts the token into ${places.token} by SFTP, mode 600.`),
        ...(await openclawLines(
          deps,
          ctx.input,
          ...(hadPlugin ? [] : [enablePlugin]),
          addAccount(name, places.token),
          ...(ctx.input.ownerId === "" ? [] : [setAllowed(name, ctx.input.ownerId)]),
          [...bind("bind", name), "--json"],
          [...bindingsWords, "--json"],
        )),
      ],
      result: { account: name },
    };
  },
  detail: () => "Account and binding are read back",
  stopWithinMs: 12_000,
  weightMs: 18_000,
});

/** Who else writes to it gets a code and has to be let in. */
const allowList = (name: string): string => `${accountPath(name)}.allowFrom`;
const setAllowed = (name: string, ownerId: string) => [
  ...["config", "set", allowList(name), JSON.stringify([ownerId]), "--strict-json"],
];

const allow = async (node: Node, name: string, ownerId: string): Promise<void> => {
  await node.openclaw.must(setAllowed(name, ownerId));
  if (await isAllowed(node, name, ownerId)) return;
  throw new AppError(
    "remote-odd",
    `OpenClaw on ${node.ssh.name} took the user id but does not list it for “${name}”.`,
    { canPass: false },
  );
};

const isAllowed = async ({ openclaw }: Node, name: string, ownerId: string): Promise<boolean> => {
  const { code, stdout } = await openclaw.run(["config", "get", allowList(name), "--json"]);
  return code === 0 && stdout.includes(JSON.stringify(ownerId));
};

const undo = (deps: BotDeps, ctx: Undoing): Promise<UndoWaits | null> =>
  onNode(deps, ctx, async (node) => {
    const { openclaw, ssh } = node;
    const { name } = ctx.input;
    const places = placesOf(ctx.results.ssh, ctx.input);
    await removeAccount(node, name);
    const { hadSecrets, hadPlugin } = ctx.results.name;
    if (await ssh.exists(places.secrets, ctx.signal)) {
      await ssh.remove(places.token, ctx.signal);
      await node.mustShell(removeParts(places.secrets, name));
      // It fails when somebody else's token has come into it since, and then it has to stay.
      if (!hadSecrets) await node.shell(["rmdir", places.secrets]);
    }
    if (!hadPlugin && !(await hasOtherAccounts(node))) {
      const there = await openclaw.run(["config", "get", telegramPlugin, "--json"]);
      if (there.code === 0) await openclaw.must(["config", "unset", telegramPlugin]);
    }
    return letGatewayForget(deps, node, ctx);
  });

/** A gateway that does not take changes up by itself runs the account on until it is restarted. */
const letGatewayForget = async (
  { lookEveryMs, settleMs }: BotDeps,
  node: Node,
  { input, results, signal, log, memo, waitedMs }: Undoing,
): Promise<UndoWaits | null> => {
  // One that is down runs nothing, and reads the configuration anew when it comes back.
  if ((await gatewayUp(node, results.ssh, signal)) === null) return null;
  if ((await accountOf(node, input.name))?.running !== true) return null;
  const since = (memo as { since: number } | undefined)?.since ?? waitedMs;
  // One that takes changes up by itself does so within a second or two.
  if (waitedMs - since < 2 * settleMs)
    return { waiting: "the gateway to let the account go", memo: { since }, nextInMs: lookEveryMs };
  log("The gateway still runs the account; restarting it.");
  await node.openclaw.run(["gateway", "restart", "--json"], { timeoutMs: node.restartLimitMs });
  return null;
};
