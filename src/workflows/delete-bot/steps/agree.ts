import type { ApproveOptions } from "#core/approval.ts";
import { keptFolder } from "#openclaw/kept.ts";
import type { Doomed, Ready } from "#workflows/delete-bot/doomed.ts";

/** A person says once more that it may go. */
export const agreeTo: ApproveOptions<Doomed, Ready> = {
  about: ({ input, results: { before, ssh }, runId }) => ({
    what: `This deletes the bot “${before.displayName ?? input.name}” on ${input.connectionName}.`,
    risk: "high",
    impact: [
      before.account === null
        ? "It has no Telegram account of its own that would be removed."
        : `Its Telegram account “${before.account}” is removed: from then on nobody is answered.`,
      `Its folder and its token go to ${keptFolder(ssh, input.name, runId)}, from where an undo takes them.`,
      "OpenClaw puts its conversations into the trash of the node's user; an undo does not bring them back.",
    ],
  }),
};
