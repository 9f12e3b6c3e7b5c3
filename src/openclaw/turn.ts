import type { OpenclawLimits } from "#connectors/ssh/limits.ts";
import { AppError } from "#core/errors.ts";
import type { PlanLine } from "#core/plan-line.ts";
import { says } from "#core/plan-line.ts";
import { modelStatus, turn } from "./answers.ts";
import { openclawLines } from "./command-lines.ts";
import type { NodeDeps, OnNode } from "./deps.ts";
import { credentialsIn, noCredentials } from "./model-credentials.ts";
import type { Node } from "./node.ts";

/** One turn of a bot, by the way that its messages take: the gateway, its model, and back. */
export type Turn = { answered: true; text: string } | { answered: false; why: string };

const longestText = 60;

/**
 * The smallest thing that only a bot with a working model can do. Of what one command may take, OpenClaw itself needs some to begin and end:
 * the bot gets five sixths.
 */
const turnWords = (name: string, { commandLimitMs }: Pick<OpenclawLimits, "commandLimitMs">) => [
  ...["agent", "--agent", name, "--message", "This is a test. Answer with the word ready and nothing else."],
  ...["--timeout", String(Math.floor(((commandLimitMs / 1_000) * 5) / 6))],
];

/** What asking it would do. */
export const turnLines = async (
  deps: Pick<NodeDeps, "connect">,
  input: OnNode & { name: string },
): Promise<PlanLine[]> => [
  says("Asks the bot for one word, which its model's provider may charge for:"),
  ...(await openclawLines(deps, input, (limits) => [...turnWords(input.name, limits), "--json"])),
];

/** Asks the bot for one word. Throws only when the machine cannot be reached or the run is told to stop. */
export const takeTurn = async (
  node: Node,
  name: string,
  log: (line: string, level: "warn") => void,
): Promise<Turn> => {
  const { openclaw, ssh } = node;
  try {
    const { status, result } = await openclaw.json(turnWords(name, node), turn);
    const text =
      result?.payloads
        .map((one) => one.text ?? "")
        .join(" ")
        .trim() ?? "";
    if (status === "ok" && text !== "") return { answered: true, text: text.slice(0, longestText) };
    return { answered: false, why: `Its turn ended as “${status ?? "nothing"}” without a word.` };
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "unreachable")
      throw thrown;
    log(`The bot on ${ssh.name} did not answer. ${thrown.message}`, "warn");
    if (!isKeyless.test(thrown.message)) return { answered: false, why: thrown.message };
    const status = await openclaw.json(["models", "status", "--agent", name], modelStatus);
    const { missing } = credentialsIn(status);
    return { answered: false, why: missing === null ? thrown.message : noCredentials(missing) };
  }
};

/**
 * What it says where a provider has no credentials. Its list of those is no proof of that: 2026.9.6 has a provider on it as well whose key was
 * refused a minute ago.
 */
const isKeyless = /\b(no|missing)\b.{0,60}\b(authentication|auth|api keys?|credentials?)\b/i;
