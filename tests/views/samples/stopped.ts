import type { RunPicture } from "#core/picture.ts";
import { exportRow, picture, steps } from "./run.ts";
import { done, evil, may, now, step } from "./steps.ts";

/** What a workflow says of the other side of a paused wait. */
export const pausedWait = `Milepost does not look. The export itself goes on at Botify. ${evil}`;

/** Runs that were stopped or ended. */
export const stopped = {
  paused: picture({
    state: "paused",
    may: may("resume", "cancel", "undo"),
    steps: steps.map((one) =>
      one.waiting === null
        ? one
        : {
            ...one,
            activeMs: 124_000,
            waiting: { ...one.waiting, paused: { sentence: pausedWait, stopped: false } },
          },
    ),
  }),
  "paused-between": picture({
    state: "paused",
    may: may("resume", "cancel"),
    steps: steps.map((one) => (one.number === 6 ? done(6, one.title, { kind: "wait" }) : one)),
  }),
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
    steps: steps.map((one) =>
      one.number === 6
        ? {
            ...one,
            state: "failed",
            activeMs: 124_000,
            endedAt: now - 1000,
            waiting: null,
            error: { code: "cancelled", message: "It was cancelled.", detail: null, field: null },
          }
        : one,
    ),
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
    undoneAt: now - 5000,
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
