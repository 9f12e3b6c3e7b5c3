import { z } from "zod";
import type { BotAccount, NodeSeen } from "#core/bots.ts";
import { bindingsWords, channelsWords } from "./accounts.ts";
import { agentsWords } from "./agents.ts";
import { type Account, agentList, bindingList, channelList } from "./answers.ts";
import { factsOf } from "./check-connection.ts";
import type { NodeDeps } from "./deps.ts";
import { gatewayUp, isConnected, startedAccountsOf } from "./gateway.ts";
import { modelText } from "./known-bot.ts";
import { type AtNode, onNode } from "./node.ts";
import { configAt } from "./patch-config.ts";

const entry = z.looseObject({ id: z.string().optional(), model: z.unknown().optional() });
const roster = z.looseObject({
  entries: z.record(z.string(), entry).optional(),
  list: z.array(entry).optional(),
});

/** All bots of a node with their models and accounts. Reads only; throws AppError in words. */
export const seeBots = async (deps: Pick<NodeDeps, "connect">, at: AtNode): Promise<NodeSeen> => {
  const facts = await factsOf(deps, at);
  return onNode(deps, at, async (node) => {
    const { openclaw } = node;
    const agents = await openclaw.json(agentsWords, agentList);
    const bindings = await openclaw.json(bindingsWords, bindingList);
    const { entries, list } = roster.catch({}).parse(await configAt(node, "agents"));
    const configured = (await openclaw.json(channelsWords, channelList)).chat.telegram?.accounts ?? [];
    const up = await gatewayUp(node, facts, at.signal);
    const running = up === null ? [] : await startedAccountsOf(node);
    const ids = [...new Set([...configured, ...running.map(({ accountId }) => accountId)])];
    const accounts = ids
      .map((id) =>
        accountIn(
          id,
          running.find(({ accountId }) => accountId === id),
        ),
      )
      // The one that comes by itself with the first, and that nobody gave a token.
      .filter(({ id, state }) => id !== "default" || state !== null);
    const ownerOf = (id: string) =>
      bindings.find(({ match }) => match.channel === "telegram" && match.accountId === id)?.agentId;
    const modelOf = (id: string): string => {
      const model = (entries?.[id] ?? list?.find((one) => one.id === id))?.model;
      return modelText(model === undefined ? null : JSON.stringify(model));
    };
    return {
      version: facts.version,
      gatewayUpMs: up?.uptimeMs ?? null,
      bots: agents.map(({ id, identityName, identityEmoji, isDefault }) => ({
        ...{ id, name: identityName ?? id, emoji: identityEmoji ?? null, model: modelOf(id) },
        isDefault: isDefault === true,
        accounts: accounts.filter((one) => ownerOf(one.id) === id),
      })),
      loose: accounts.filter(({ id }) => !agents.some((one) => one.id === ownerOf(id))),
    };
  });
};

const accountIn = (id: string, account: Account | undefined): BotAccount => ({
  id,
  username: account?.probe?.bot?.username ?? null,
  isConnected: account !== undefined && isConnected(account),
  state:
    account === undefined || account.configured === false ? null : (account.lifecycle ?? running(account)),
  error: account?.lastError ?? null,
});

const running = ({ running: is }: Account): string => (is === true ? "running" : "not running");
