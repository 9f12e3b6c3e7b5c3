import { AppError } from "#core/errors.ts";
import { modelStatus, turn } from "./answers.ts";
import { credentialsIn, noCredentials } from "./model-credentials.ts";
import type { Node } from "./node.ts";

/** One turn of a bot, by the way that its messages take: the gateway, its model, and back. */
export type Turn = { answered: true; text: string } | { answered: false; why: string };

const limitS = 150;
const longestText = 60;

/** The smallest thing that only a bot with a working model can do. */
export const turnWords = (name: string) => [
  ...["agent", "--agent", name, "--message", "This is a test. Answer with the word ready and nothing else."],
  ...["--timeout", String(limitS)],
];

/** Asks the bot for one word. Throws only when the machine cannot be reached or the run is told to stop. */
export const takeTurn = async (
  { openclaw, ssh }: Node,
  name: string,
  log: (line: string, level: "warn") => void,
): Promise<Turn> => {
  try {
    const { status, result } = await openclaw.json(turnWords(name), turn, {
      timeoutMs: (limitS + 30) * 1_000,
    });
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
    const status = await openclaw.json(["models", "status", "--agent", name], modelStatus);
    const { missing } = credentialsIn(status);
    return { answered: false, why: missing === null ? thrown.message : noCredentials(missing) };
  }
};
