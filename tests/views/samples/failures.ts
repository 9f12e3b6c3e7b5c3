import type { RunPicture } from "#core/picture.ts";
import { picture } from "./run.ts";
import { done, evil, may, now, step } from "./steps.ts";

const botTitles = [
  "SSH connection check",
  "Bot name collision check",
  "Home directory creation",
  "Template file copy",
  "Register in agents.list",
  "Telegram Bot binding",
  "auth-profiles.json symlink creation",
  "OpenClaw config file write",
  "Agent config file creation",
  "Gateway restart",
  "Startup verification (log monitoring)",
  "Dev directory creation",
  "TOOLS.md generation",
  "Symlink final verification",
  "Gateway restart wait",
  "Completion notification",
];

const gateway = {
  code: "remote-failed",
  message: "The gateway did not start: port 18789 is in use by another program.",
  detail: `$ systemctl --user restart gateway\nJob for gateway.service failed.\n${evil}`,
  field: null,
  stepId: "step-10",
} as const;

const stepsWith = (made: "completed" | "undone", last = 9) =>
  botTitles.map((title, at) =>
    at < 9
      ? done(at + 1, title, {
          activeMs: 300 + at * 210,
          ...(made === "undone" && at >= 9 - last
            ? { state: "undone", detail: "Undone.", mayRewind: false }
            : {}),
        })
      : at === 9
        ? step(10, title, {
            state: "failed",
            attempt: 3,
            activeMs: 4100,
            backoffMs: 30_000,
            mayRetry: true,
            maySkip: true,
            skippable: "The bot is there but answers nobody until the gateway is restarted by hand.",
            error: { code: "remote-failed", message: "port in use", detail: null, field: null },
          })
        : step(at + 1, title),
  );

const bot = (more: Partial<RunPicture>): RunPicture =>
  picture({
    title: "Create a bot",
    subject: `node1 / ${evil}`,
    percent: 56,
    total: botTitles.length,
    ...more,
  });

/** Runs that failed, and what became of what they made. */
export const failures = {
  failed: bot({
    state: "failed",
    endedAt: now - 30_000,
    may: may("retry", "rewind", "undo", "cancel"),
    error: gateway,
    steps: stepsWith("completed"),
  }),
  "rolling-back": bot({
    state: "undoing",
    may: may(),
    timeLeft: null,
    error: gateway,
    ended: { state: "failed", error: gateway },
    steps: stepsWith("undone", 3).map((one) => ({
      ...one,
      mayRetry: false,
      maySkip: false,
      mayRewind: false,
    })),
  }),
  "rolled-back": bot({
    state: "failed",
    endedAt: now - 30_000,
    may: may("retry", "finalize"),
    error: gateway,
    undoneAt: now - 30_000,
    steps: stepsWith("undone"),
  }),
  "cancelled-rolled-back": bot({
    state: "cancelled",
    endedAt: now - 30_000,
    may: may("retry", "finalize"),
    undoneAt: now - 30_000,
    steps: stepsWith("undone").map((one) =>
      one.number === 10
        ? { ...one, error: { code: "cancelled", message: "It was cancelled.", detail: null, field: null } }
        : one,
    ),
  }),
  "undo-failed": bot({
    state: "failed",
    endedAt: now - 30_000,
    may: may("retry", "undo"),
    error: {
      code: "remote-failed",
      message: `Undoing “Template file copy” failed: ${evil} Not undone: “Template file copy”. Undo again to go on with the rest.`,
      detail: null,
      field: null,
      stepId: "step-4",
    },
    ended: { state: "failed", error: gateway },
    steps: stepsWith("undone", 5),
  }),
} as const satisfies Record<string, RunPicture>;
