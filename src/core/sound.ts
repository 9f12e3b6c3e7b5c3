import { isShare, isWave } from "./each.ts";
import type { StepKind } from "./step.ts";

/** What is looked at of a definition; of each kind of step it holds what only some have. */
interface Definition {
  id: string;
  title: string;
  /** No names: it was not made by `start`. */
  start?: { names?: readonly string[]; subject?: unknown };
  steps: readonly StepLike[];
}

interface StepLike {
  kind: StepKind;
  id: string;
  title: string;
  run?: unknown;
  look?: unknown;
  begin?: unknown;
  form?: unknown;
  read?: unknown;
  whenInterrupted?: unknown;
  safeBecause?: string;
  everyMs?: number;
  timeoutMs?: number;
  turn?: { of?: unknown; atOnce?: number };
  of?: unknown;
  flow?: { steps?: readonly unknown[] };
  atOnce?: unknown;
  waves?: unknown;
  stopAfter?: unknown;
}

const idRule = /^[a-z][a-z0-9-]*$/;
const nameRule = /^[A-Za-z][\w.]*$/;
/** The name under which a browser sends which button was pressed. */
const pressed = "press";

/** Looks at what the compiler cannot see of a definition. Throws an Error whose sentence names the workflow, and the step where it is one's. */
export const assertSound = (flow: Definition): void => {
  const fault = flowFault(flow) ?? stepsFault(flow.steps);
  if (fault !== null) throw new Error(`The workflow "${flow.id}" is wrong: ${fault}`);
};

const flowFault = ({ id, title, start, steps }: Definition): string | null => {
  if (!idRule.test(id))
    return "its id must be lower case letters, digits and dashes, and begin with a letter.";
  if (title.trim() === "") return "it has no title.";
  const names = start?.names;
  if (names === undefined) return "what it asks first must be made by start({ … }).";
  if (typeof start?.subject !== "function") return "the `subject` of its start({ … }) is no function.";
  const odd = names.find((name) => !nameRule.test(name) || name === pressed);
  if (odd !== undefined) return `no field of its form can be called "${odd}".`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `two fields of its form are called "${twice}".`;
  return steps.length === 0 ? "it has no steps." : null;
};

const stepsFault = (steps: readonly StepLike[]): string | null => {
  const seen = new Set<string>();
  for (const step of steps) {
    const fault = seen.has(step.id) ? "there are two steps of this id." : stepFault(step);
    if (fault !== null) return `step "${step.id}": ${fault}`;
    seen.add(step.id);
  }
  return null;
};

const stepFault = (step: StepLike): string | null => {
  if (!idRule.test(step.id))
    return "an id must be lower case letters, digits and dashes, and begin with a letter.";
  if (step.title.trim() === "") return "it has no title.";
  return turnFault(step) ?? kindFault(step);
};

const turnFault = ({ kind, turn }: StepLike): string | null => {
  if (turn === undefined) return null;
  if (kind === "ask") return "a question cannot need a turn: others would wait for whoever is to answer.";
  if (typeof turn.of !== "function") return "`turn.of` is no function.";
  const { atOnce = 1 } = turn;
  return Number.isInteger(atOnce) && atOnce > 0 ? null : "`turn.atOnce` must be a whole number above 0.";
};

const kindFault = (step: StepLike): string | null => {
  switch (step.kind) {
    case "do":
      return doFault(step);
    case "wait":
      if (typeof step.look !== "function") return "`look` is no function.";
      if (step.begin !== undefined && typeof step.begin !== "function") return "`begin` is no function.";
      return timeFault(step.everyMs, "everyMs") ?? timeFault(step.timeoutMs);
    case "ask":
      if (typeof step.form !== "function" || typeof step.read !== "function")
        return "`form` or `read` is no function.";
      return timeFault(step.timeoutMs);
    case "each":
      return eachFault(step);
    default:
      return step.kind satisfies never;
  }
};

const eachFault = ({ of, flow, atOnce, waves, stopAfter }: StepLike): string | null => {
  if (typeof of !== "function") return "`of` is no function.";
  if (flow?.steps === undefined) return "`flow` must be a workflow that was ended by `hands`.";
  const isTold = (value: unknown) => value !== undefined && typeof value !== "function";
  if (isTold(atOnce) && !(Number.isInteger(atOnce) && Number(atOnce) > 0))
    return "`atOnce` must be a whole number above 0.";
  if (isTold(stopAfter) && !isShare(stopAfter))
    return '`stopAfter` must be a whole number above 0, or a share such as "10 %".';
  return isTold(waves) && !(Array.isArray(waves) && waves.every(isWave))
    ? '`waves` must be a list such as [1, "10 %", "rest"].'
    : null;
};

const doFault = (step: StepLike): string | null => {
  if (typeof step.run !== "function") return "`run` is no function.";
  return step.whenInterrupted === "again" && (step.safeBecause ?? "").trim() === ""
    ? '`whenInterrupted: "again"` needs `safeBecause`, which people read.'
    : timeFault(step.timeoutMs);
};

const timeFault = (ms: number | undefined, name = "timeoutMs"): string | null =>
  ms === undefined || (Number.isFinite(ms) && ms > 0)
    ? null
    : `\`${name}\` must be a number of milliseconds above 0.`;
