import type { RunPicture } from "#core/picture.ts";
import { exportRow, picture, steps } from "./run.ts";
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

/** Runs that were stopped, failed or ended. */
export const stopped = {
  paused: picture({ state: "paused", may: may("resume", "cancel", "undo") }),
  cancelling: picture({
    state: "waiting",
    wish: "cancel",
    may: may("pause"),
    cancel: {
      askedAt: now - 2400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 2300,
      confirmedAt: null,
      unconfirmed: null,
      note: null,
    },
  }),
  cancelled: picture({
    state: "cancelled",
    endedAt: now - 1000,
    may: may("undo", "rewind"),
    cancel: {
      askedAt: now - 4400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 4300,
      confirmedAt: now - 2100,
      unconfirmed: null,
      note: "The job at Botify cannot be stopped; it ends by itself and its file is not fetched.",
    },
  }),
  unconfirmed: picture({
    state: "cancelled",
    endedAt: now - 1000,
    may: may("undo"),
    cancel: {
      askedAt: now - 9400,
      by: "admin",
      stepId: "step-6",
      signalledAt: now - 9300,
      confirmedAt: null,
      unconfirmed: "node1 did not answer within 5 s; the command may still be running there.",
      note: null,
    },
  }),
  failed: picture({
    title: "Create a bot",
    subject: `node1 / ${evil}`,
    state: "failed",
    endedAt: now - 30_000,
    percent: 56,
    may: may("retry", "rewind", "undo", "cancel"),
    error: {
      code: "remote-failed",
      message: "The gateway did not start: port 18789 is in use by another program.",
      detail: `$ systemctl --user restart gateway\nJob for gateway.service failed.\n${evil}`,
      field: null,
      stepId: "step-10",
    },
    steps: botTitles.map((title, at) =>
      at < 9
        ? done(at + 1, title, { activeMs: 300 + at * 210 })
        : at === 9
          ? step(10, title, {
              state: "failed",
              attempt: 3,
              activeMs: 4100,
              mayRetry: true,
              maySkip: true,
              skippable: "The bot is there but answers nobody until the gateway is restarted by hand.",
              error: { code: "remote-failed", message: "port in use", detail: null, field: null },
            })
          : step(at + 1, title),
    ),
  }),
  completed: picture({
    state: "completed",
    percent: 100,
    endedAt: now - 50_000,
    may: may("finalize", "undo", "rewind"),
    outcome: {
      sentence: "28,901 URLs of example.com are saved.",
      exportId: "e1",
      facts: [{ label: "Credits spent", value: "28,903" }],
      links: [
        { label: "Open the project at Botify", href: "https://app.botify.com/botify-org/example.com" },
        { label: "No link", href: "javascript:alert(1)" },
      ],
    },
    export: exportRow(),
    recovery: {
      at: now - 150_000,
      lastSignAt: now - 180_000,
      stepId: "step-5",
      checked: "The job 184467 is in the list of jobs.",
      outcome: "found",
      because: "The job was already there, so none was started again.",
    },
    steps: steps.map((one) =>
      one.number < 6
        ? one
        : one.number === 8
          ? step(8, one.title, { state: "skipped", detail: "It was not packed." })
          : done(one.number, one.title, { kind: one.kind, activeMs: 64_000, detail: "29.1 MB in 6.9 s" }),
    ),
  }),
  finalized: picture({
    state: "completed",
    percent: 100,
    endedAt: now - 50_000,
    finalizedAt: now - 9000,
    may: may("unlock"),
    steps: steps.map((one) => done(one.number, one.title, { kind: one.kind, mayRewind: false })),
    outcome: { sentence: "The bot answers." },
  }),
  undone: picture({
    state: "undone",
    endedAt: now - 5000,
    may: may(),
    steps: steps.map((one) =>
      one.number < 6
        ? step(one.number, one.title, { state: "undone" })
        : one.number === 6
          ? step(6, one.title)
          : one,
    ),
  }),
  undoing: picture({ state: "undoing", may: may(), timeLeft: null }),
} as const satisfies Record<string, RunPicture>;
