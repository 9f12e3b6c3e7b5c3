import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Answer, ok, Refusal, say } from "./answer.ts";
import type { Args } from "./args.ts";
import { stateDir } from "./place.ts";

/** Somebody who wrote to an account and waits to be let in. */
interface Request {
  id: string;
  code: string;
  createdAt: string;
  lastSeenAt: string;
  meta: { username?: string; firstName?: string; accountId: string };
}

/** Nobody writes to the sandbox's bots by themselves; who did so stands here. */
const waiting = join(stateDir, "sandbox-pairing.json");

export const pairingList = (args: Args): Answer => {
  const channel = channelOf(args);
  const account = args.value("account");
  const requests = read().filter(({ meta }) => account === undefined || meta.accountId === account);
  return ok({ channel, requests });
};

export const pairingApprove = (args: Args): Answer => {
  channelOf(args);
  const code = args.words[3] ?? "";
  const all = read();
  const found = all.find((one) => one.code === code);
  if (found === undefined) throw new Refusal(`No pending pairing request found for code: ${code}`);
  writeFileSync(waiting, JSON.stringify(all.filter((one) => one !== found)), { mode: 0o600 });
  return say(`Approved telegram sender ${found.id}.`);
};

const channelOf = ({ words }: Args): string => {
  const channel = words[2] ?? "telegram";
  if (channel !== "telegram") throw new Refusal(`Channel ${channel} does not support pairing`);
  return channel;
};

const read = (): Request[] => {
  try {
    return JSON.parse(readFileSync(waiting, "utf8")) as Request[];
  } catch {
    return [];
  }
};
