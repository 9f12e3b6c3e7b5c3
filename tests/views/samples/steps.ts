import type { RunPicture, StepPicture } from "#core/picture.ts";
import { runVerbs } from "#core/rules.ts";

/** Plain data of every state, for tests and the gallery. `now` is a fixed instant: nothing here looks at a clock. */
export const now = Date.UTC(2026, 2, 1, 14, 5, 9);
export const evil = `<img src=x onerror=alert(1)>`;
export const long =
  "https://www.example.com/a/very/long/path/that/goes/on/and/on/for/ever/and/never/ends/because/nobody/told/it/to.html";

export const step = (number: number, title: string, more: Partial<StepPicture> = {}): StepPicture => ({
  id: `step-${number}`,
  number,
  kind: "do",
  title,
  state: "pending",
  attempt: 0,
  startedAt: null,
  endedAt: null,
  timeLeft: null,
  askedAt: null,
  activeMs: 0,
  backoffMs: 0,
  progress: null,
  share: null,
  substeps: [],
  items: null,
  detail: null,
  cameOut: null,
  usualMs: null,
  form: null,
  error: null,
  waiting: null,
  skippable: null,
  undoable: false,
  mayAnswer: more.state === "asking",
  mayRewind: false,
  maySkip: false,
  mayRetry: false,
  ...more,
});

export const done = (number: number, title: string, more: Partial<StepPicture> = {}): StepPicture =>
  step(number, title, {
    state: "completed",
    attempt: 1,
    startedAt: now - 200_000,
    endedAt: now - 190_000,
    activeMs: 1200,
    cameOut: '{\n "rows": 12\n}',
    usualMs: 1500,
    mayRewind: true,
    ...more,
  });

type Verb = keyof RunPicture["may"];
const allVerbs: readonly Verb[] = [...runVerbs, "modify", "startOver", "clone", "delete"];

export const may = (...verbs: readonly Verb[]): RunPicture["may"] =>
  Object.fromEntries(allVerbs.map((verb) => [verb, verbs.includes(verb)])) as RunPicture["may"];
