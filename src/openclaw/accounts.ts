import { AppError } from "#core/errors.ts";
import { type Account, bindingChange, bindingList, channelList } from "./answers.ts";
import type { NodeFacts } from "./deps.ts";
import { accountsOf, gatewayUp, startedAccountsOf } from "./gateway.ts";
import type { Node } from "./node.ts";

/** The commands by which a bot gets and loses its Telegram account; both have the bot's name unless told. */
export const channelsWords = ["channels", "list"];
export const bindingsWords = ["agents", "bindings"];
export const addAccount = (account: string, tokenFile: string) => [
  ...["channels", "add", "--channel", "telegram"],
  ...["--account", account, "--token-file", tokenFile],
];
export const removeAccountWords = (account: string) => [
  ...["channels", "remove", "--channel", "telegram"],
  ...["--account", account, "--delete"],
];
export const bind = (verb: "bind" | "unbind", name: string, account = name) => [
  ...["agents", verb, "--agent", name],
  ...["--bind", `telegram:${account}`],
];

export const accountPath = (account: string): string => `channels.telegram.accounts.${account}`;

export const hasAccount = async ({ openclaw }: Node, account: string): Promise<boolean> =>
  (await openclaw.json(channelsWords, channelList)).chat.telegram?.accounts.includes(account) === true;

/** Of people; "default" comes by itself with the first one. */
export const hasOtherAccounts = async ({ openclaw }: Node): Promise<boolean> =>
  (await openclaw.json(channelsWords, channelList)).chat.telegram?.accounts.some(
    (one) => one !== "default",
  ) === true;

/** The Telegram accounts that are bound to an agent. */
export const accountsBoundTo = async ({ openclaw }: Node, name: string): Promise<string[]> =>
  (await openclaw.json(bindingsWords, bindingList)).flatMap(({ agentId, match }) =>
    agentId === name && match.channel === "telegram" && match.accountId ? [match.accountId] : [],
  );

/** Binds and reads back: OpenClaw calls a conflict a success. */
export const bindAccount = async (node: Node, name: string, account = name): Promise<void> => {
  const change = await node.openclaw.json(bind("bind", name, account), bindingChange);
  const { added, updated, skipped, conflicts } = change;
  if (conflicts.length > 0 || added.length + updated.length + skipped.length === 0) {
    throw new AppError("conflict", `OpenClaw on ${node.ssh.name} did not bind the account to the bot.`, {
      detail: conflicts.join("\n"),
      canPass: false,
    });
  }
  if ((await accountsBoundTo(node, name)).includes(account) && (await hasAccount(node, account))) return;
  throw new AppError(
    "remote-odd",
    `OpenClaw on ${node.ssh.name} reported success, but its lists do not show the account and the binding of “${name}”.`,
    { canPass: false },
  );
};

/** Takes an account and its binding away, whatever of them is there, and reads back. */
export const removeAccount = async (node: Node, name: string, account = name): Promise<void> => {
  const { openclaw, ssh } = node;
  const isThere = await hasAccount(node, account);
  if (isThere) {
    const { code } = await openclaw.run(removeAccountWords(account));
    // 2026.8.2 asks whose account it is and has no way to say so; its entry in the configuration is what makes it.
    if (code !== 0) await openclaw.must(["config", "unset", accountPath(account)]);
  }
  const isBound = async () => (await accountsBoundTo(node, name)).includes(account);
  const wasBound = await isBound();
  if (wasBound) await openclaw.json(bind("unbind", name, account), bindingChange);
  if ((wasBound && (await isBound())) || (isThere && (await hasAccount(node, account))))
    throw new AppError("remote-failed", `OpenClaw on ${ssh.name} still lists the account of “${name}”.`, {
      canPass: false,
    });
};

/**
 * The Telegram accounts as the gateway tells them, none of one that is down: that would be waited for. Throws "remote-busy" while it starts, so
 * it is asked before other questions, which would be asked again with it. A dry run is not done again: it gets what there is.
 */
export const accountsToCompare = async (
  node: Node,
  facts: NodeFacts,
  { signal, isDry }: { signal: AbortSignal; isDry: boolean },
): Promise<readonly Account[]> => {
  if ((await gatewayUp(node, facts, signal)) === null) return [];
  return isDry ? ((await accountsOf(node)) ?? []) : startedAccountsOf(node);
};

/**
 * A Telegram token begins with the bot's own number, which the gateway tells of each account that it runs. Throws AppError "conflict" when
 * an account other than `but` has this bot.
 */
export const assertNewToken = (
  seen: readonly Account[],
  token: string,
  { node, but = null }: { node: string; but?: string | null },
): void => {
  const botId = botIdOf(token);
  const other = seen.find(({ probe, accountId }) => probe?.bot?.id === botId && accountId !== but);
  if (other === undefined) return;
  throw new AppError(
    "conflict",
    `The account “${other.accountId}” on ${node} is this very Telegram bot already, and one bot can have one account only. Get another token from @BotFather.`,
    { field: "token" },
  );
};

/** The number of the Telegram bot whose token it is. */
export const botIdOf = (token: string): number => Number(token.split(":")[0]);
