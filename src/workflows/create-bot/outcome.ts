import type { Fact } from "#core/form.ts";
import type { Outcome } from "#core/run.ts";
import type { Connected } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import type { BotInput } from "./deps.ts";
import type { Admitted } from "./steps/admit.ts";
import type { Told } from "./steps/notify.ts";
import type { Settled } from "./steps/settle.ts";
import type { Started } from "./steps/startup.ts";

interface Ended extends Connected {
  startup: Started;
  settle: Settled;
  /** Null when it was skipped. */
  notify: Told | null;
  admit: Admitted;
}

/** What there is now, by what was seen of it: a bot is ready when it answers, and answers somebody. */
export const outcome = (input: BotInput, { ssh, startup, settle, notify, admit }: Ended): Outcome => {
  const { turn } = settle;
  const missing = [
    ...(turn.answered ? [] : [turn.why, askedAgain]),
    ...(admit.who === null
      ? [
          "Nobody may write to it yet: who does gets a code, which “openclaw pairing approve telegram CODE” lets in.",
        ]
      : []),
  ];
  const where = `${input.displayName}`;
  const { username } = startup;
  return {
    sentence:
      missing.length === 0
        ? `${where} is ready on ${input.connectionName}, and answers.`
        : `${where} is set up on ${input.connectionName}, but something is missing. ${missing.join(" ")}`,
    ...(username === null
      ? {}
      : { links: [{ label: `Write to @${username}`, href: `https://t.me/${username}` }] }),
    facts: [
      ...(username === null ? [] : [{ label: "On Telegram", value: `@${username}` }]),
      { label: "May write to it", value: admit.who ?? "nobody yet" },
      ...(turn.answered ? [{ label: "Asked for one word, it answered", value: turn.text }] : []),
      ...(notify?.why === undefined ? [] : [{ label: "Notice", value: notify.why }]),
      { label: "Agent and Telegram account", value: input.name },
      { label: "Workspace", value: placesOf(ssh, input).workspace },
      { label: "OpenClaw", value: ssh.version },
    ] satisfies Fact[],
  };
};

const askedAgain = "When that is mended, do the 15th step again: it asks the bot once more.";
