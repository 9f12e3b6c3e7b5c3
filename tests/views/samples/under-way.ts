import type { Form } from "#core/form.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { everyField } from "./form.ts";
import { picture, steps } from "./run.ts";
import { done, evil, may, now, step } from "./steps.ts";

const asking = (form: Form): RunPicture =>
  picture({
    state: "asking",
    timeLeft: null,
    percent: 0,
    may: may("cancel", "pause"),
    log: [],
    steps: steps.map((one) =>
      one.number < 4
        ? one
        : one.number === 4
          ? step(4, "Which columns?", {
              kind: "ask",
              state: "asking",
              attempt: 1,
              startedAt: now - 45_000,
              form,
            })
          : step(one.number, one.title, { kind: one.kind }),
    ),
  });

const downloading: Partial<StepPicture> = {
  state: "running",
  attempt: 2,
  startedAt: now - 7000,
  share: 0.42,
  progress: { done: 12_300_000, total: 29_100_000, what: "Downloading", unit: "bytes", perSecond: 4_200_000 },
};

/** Runs that go on or wait for a person. */
export const underWay = {
  behind: picture({
    behind: {
      ...{ runId: "r0", number: 12, title: "Create a bot", subject: "node1 / first" },
      ...{ ahead: 1, aboutMs: 130_000 },
    },
  }),
  waiting: picture(),
  running: picture({
    state: "running",
    percent: 81,
    recovery: {
      at: now - 9000,
      lastSignAt: now - 95_000,
      stepId: "step-7",
      checked: "12.3 MB of the file were saved.",
      outcome: "again",
      because:
        "The download goes on where it stopped; the whole file is checked against its hash at the end.",
    },
    steps: steps.map((one) =>
      one.number === 6
        ? done(6, one.title, { kind: "wait", activeMs: 128_000 })
        : one.number === 7
          ? { ...one, ...downloading, maySkip: true }
          : one,
    ),
  }),
  substeps: picture({
    title: "Cellphone Store CRM",
    subject: "Generate an application",
    state: "running",
    percent: 65,
    percentKnown: false,
    timeLeft: null,
    firstRun: true,
    wish: "pause",
    steps: [
      done(1, "Create database tables"),
      step(2, "Generate application UI", {
        state: "running",
        attempt: 1,
        startedAt: now - 61_000,
        substeps: [
          { name: "Customer list", state: "completed" },
          { name: "Product list", state: "failed" },
          { name: "Sales form", state: "running" },
          { name: "Repair board", state: "pending" },
        ],
      }),
      step(3, "Add search and filters"),
      step(4, "Configure workflows"),
    ],
  }),
  stuck: picture({
    state: "running",
    timeLeft: {
      p10Ms: 40_000,
      p50Ms: 150_000,
      p90Ms: 900_000,
      runs: 20,
      because: `“${evil}” took twice the usual time.`,
    },
    freshUntil: now + 15_000,
    signs: [
      {
        kind: "slow",
        stepId: null,
        sentence: "Slower than 19 of 20 past runs.",
        since: null,
        nextLookAt: null,
      },
      {
        kind: "stuck",
        stepId: "step-7",
        sentence: `It may be stuck: “${evil}” has given no sign of life for longer than ever before.`,
        since: now - 400_000,
        nextLookAt: null,
      },
    ],
    steps: steps.map((one) =>
      one.number === 6
        ? done(6, one.title, { kind: "wait", activeMs: 128_000 })
        : one.number === 7
          ? { ...one, ...downloading, timeLeft: { p10Ms: 30_000, p50Ms: 60_000, p90Ms: 130_000 } }
          : {
              ...one,
              timeLeft: one.state === "pending" ? { p10Ms: 2_000, p50Ms: 4_000, p90Ms: 9_000 } : null,
            },
    ),
  }),
  unrecorded: picture({
    unrecorded: { since: now - 12_000, because: `The disk is full. ${evil}` },
  }),
  "look-now": picture({
    may: may("pause", "cancel", "retry"),
    steps: steps.map((one) => (one.number === 6 ? { ...one, mayRetry: true } : one)),
  }),
  retrying: picture({
    state: "waiting",
    may: may("pause", "cancel", "retry"),
    steps: steps.map((one) =>
      one.number === 6
        ? {
            ...one,
            attempt: 2,
            activeMs: 12_000,
            backoffMs: 30_000,
            mayRetry: true,
            error: {
              code: "unreachable",
              message: "api.botify.com did not answer within 10 s.",
              detail: null,
              field: null,
            },
            waiting: {
              for: "retry",
              word: "api.botify.com did not answer within 10 s.",
              since: now - 3000,
              nextAt: now + 5000,
              looks: 0,
            },
          }
        : one,
    ),
  }),
  queued: picture({
    state: "queued",
    startedAt: null,
    percent: 0,
    steps: steps.map((one) => step(one.number, one.title, { kind: one.kind })),
    log: [],
    history: [],
    timeLeft: null,
  }),
  asking: asking(everyField),
} as const satisfies Record<string, RunPicture>;
