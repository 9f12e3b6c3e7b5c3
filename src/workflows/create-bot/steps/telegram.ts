import { AppError } from "#core/errors.ts";
import type { DoContext, DoOptions } from "#core/workflow.ts";
import { bindingChange, bindingList, channelList } from "#workflows/create-bot/answers.ts";
import type { BotDeps, BotInput, NodeFacts } from "#workflows/create-bot/deps.ts";
import { accountOf, untilGiven } from "#workflows/create-bot/gateway.ts";
import { type Connected, type Node, onNode } from "#workflows/create-bot/node.ts";
import { placesOf } from "#workflows/create-bot/places.ts";
import { openclawLines, says, shellLine } from "#workflows/create-bot/planned.ts";
import { traitsOf } from "#workflows/create-bot/version.ts";

export interface Bound {
  /** Whether this run made the folder of tokens. */
  madeSecrets: boolean;
  /** Whether this run switched the plugin on. */
  enabledPlugin: boolean;
}

const plugin = "plugins.entries.telegram";
const enablePlugin = ["plugins", "enable", "telegram"];
const makeSecrets = (folder: string) => ["mkdir", "-m", "700", folder];
const addAccount = (name: string, tokenFile: string) => [
  ...["channels", "add", "--channel", "telegram"],
  ...["--account", name, "--token-file", tokenFile],
];
const removeAccount = (name: string) => [
  ...["channels", "remove", "--channel", "telegram"],
  ...["--account", name, "--delete"],
];
const bind = (verb: "bind" | "unbind", name: string) => [
  ...["agents", verb, "--agent", name],
  ...["--bind", `telegram:${name}`],
];
const channels = ["channels", "list"];
const bindings = ["agents", "bindings"];

/**
 * Gives the bot its Telegram account and binds the two. The token goes by SFTP into a file that only the node's user reads, never into an
 * argument. OpenClaw takes any token for a good one and calls a conflict a success, so both lists are read back.
 */
export const bindTelegram = (deps: BotDeps): DoOptions<BotInput, Connected, Bound> => ({
  run: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { ssh, openclaw } = node;
      const { name } = ctx.input;
      const places = placesOf(ctx.results.ssh, ctx.input);
      const made = { madeSecrets: false, enabledPlugin: false };
      if (!(await ssh.exists(places.secrets, ctx.signal))) {
        await node.mustShell(makeSecrets(places.secrets));
        made.madeSecrets = true;
      }
      await ssh.upload(ctx.secret("token"), places.token, { mode: 0o600, signal: ctx.signal });
      ctx.log(`The token is in ${places.token}, mode 600.`);
      if (await needsPlugin(node, ctx.results.ssh)) {
        await openclaw.must(enablePlugin);
        made.enabledPlugin = true;
      }
      if (!(await hasAccount(node, name))) await openclaw.must(addAccount(name, places.token));
      const { added, updated, skipped, conflicts } = await openclaw.json(bind("bind", name), bindingChange);
      if (conflicts.length > 0 || added.length + updated.length + skipped.length === 0) {
        throw new AppError("conflict", `OpenClaw on ${ssh.name} did not bind the account to the bot.`, {
          detail: conflicts.join("\n"),
          canPass: false,
        });
      }
      await assertBound(node, name);
      return made;
    }),
  whenInterrupted: (ctx) =>
    onNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const there = (await isBound(node, name)) && (await hasAccount(node, name));
      // What was made on the way is not known any more; the folder and the plugin stay, which hurts nobody.
      const result = { madeSecrets: false, enabledPlugin: false };
      return there
        ? { happened: true, result, checked: `OpenClaw lists the account and the binding of “${name}”.` }
        : {
            happened: false,
            checked: `OpenClaw does not list both the account and the binding of “${name}”.`,
          };
    }),
  undo: (ctx) => undo(deps, ctx),
  plan: async (ctx) => {
    const { name } = ctx.input;
    const places = placesOf(ctx.results.ssh, ctx.input);
    const legacy = !traitsOf(ctx.results.ssh.version).pluginByItself;
    return {
      lines: [
        shellLine(makeSecrets(places.secrets)),
        says(`Puts the token into ${places.token} by SFTP, mode 600.`),
        ...(await openclawLines(
          deps,
          ctx.input,
          ...(legacy ? [enablePlugin] : []),
          addAccount(name, places.token),
          [...bind("bind", name), "--json"],
          [...bindings, "--json"],
        )),
      ],
      result: { madeSecrets: true, enabledPlugin: legacy },
    };
  },
  detail: () => "Account and binding are read back",
  stopWithinMs: 12_000,
  weightMs: 18_000,
});

const needsPlugin = async ({ openclaw }: Node, { version }: NodeFacts): Promise<boolean> => {
  if (traitsOf(version).pluginByItself) return false;
  const { code, stdout } = await openclaw.run(["config", "get", `${plugin}.enabled`, "--json"]);
  return code !== 0 || stdout.trim() !== "true";
};

const hasAccount = async ({ openclaw }: Node, name: string): Promise<boolean> =>
  (await openclaw.json(channels, channelList)).chat.telegram?.accounts.includes(name) === true;

const isBound = async ({ openclaw }: Node, name: string): Promise<boolean> =>
  (await openclaw.json(bindings, bindingList)).some(
    ({ agentId, match }) => agentId === name && match.channel === "telegram" && match.accountId === name,
  );

const assertBound = async (node: Node, name: string): Promise<void> => {
  if ((await isBound(node, name)) && (await hasAccount(node, name))) return;
  throw new AppError(
    "remote-odd",
    `OpenClaw on ${node.ssh.name} reported success, but its lists do not show the account and the binding of “${name}”.`,
    { canPass: false },
  );
};

const undo = (
  deps: BotDeps,
  ctx: DoContext<BotInput, Connected> & { result: Bound | undefined },
): Promise<void> =>
  onNode(deps, ctx, async (node) => {
    const { openclaw, ssh } = node;
    const { name } = ctx.input;
    const places = placesOf(ctx.results.ssh, ctx.input);
    if (await isBound(node, name)) await openclaw.json(bind("unbind", name), bindingChange);
    if (await hasAccount(node, name)) await openclaw.must(removeAccount(name));
    await ssh.remove(places.token, ctx.signal);
    if (ctx.result?.madeSecrets === true) await node.shell(["rmdir", places.secrets]);
    if (ctx.result?.enabledPlugin === true) await openclaw.run(["config", "unset", plugin]);
    if ((await isBound(node, name)) || (await hasAccount(node, name))) {
      throw new AppError("remote-failed", `OpenClaw on ${ssh.name} still lists the account of “${name}”.`, {
        canPass: false,
      });
    }
    await letGatewayForget(deps, node, ctx);
  });

/** A gateway that does not take changes up by itself runs the account on until it is restarted. */
const letGatewayForget = async (
  deps: BotDeps,
  node: Node,
  { input, signal, log }: DoContext<BotInput, Connected>,
): Promise<void> => {
  const gone = async () => {
    const account = await accountOf(node, input.name);
    return account?.running === true ? null : true;
  };
  if ((await untilGiven(gone, { everyMs: deps.lookEveryMs, limitMs: 10_000, signal })) === true) return;
  log("The gateway still runs the account; restarting it.");
  await node.openclaw.run(["gateway", "restart", "--json"], { timeoutMs: deps.restartLimitMs });
};
