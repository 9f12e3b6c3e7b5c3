import { isShare, isWave } from "./each.ts";
import { refuse, shapeFault } from "./shape.ts";
import type { StepKind } from "./step.ts";
import { stepShapes } from "./step-shape.ts";

/** What is looked at of a definition; of each kind of step it holds what only some have. */
interface Definition {
  id: string;
  title: string;
  /** No names: it was not made by `start`. */
  start?: { names?: readonly string[] };
  steps: readonly StepLike[];
  outcome?: unknown;
  size?: unknown;
}

interface StepLike {
  kind: StepKind;
  id: string;
  title: string;
  whenInterrupted?: unknown;
  safeBecause?: string;
  turn?: unknown;
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
  if (fault !== null) refuse(`The workflow "${flow.id}" is wrong: ${fault}`);
};

const flowFault = ({ id, title, start, steps, outcome, size }: Definition): string | null => {
  if (!idRule.test(id))
    return "its id must be lower case letters, digits and dashes, and begin with a letter.";
  if (title.trim() === "") return "it has no title.";
  const names = start?.names;
  if (names === undefined) return "what it asks first must be made by start({ … }).";
  const odd = names.find((name) => !nameRule.test(name) || name === pressed);
  if (odd !== undefined) return `no field of its form can be called "${odd}".`;
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `two fields of its form are called "${twice}".`;
  if (typeof outcome !== "function") return "`hands` needs a function that gives { sentence: … }.";
  if (size !== undefined && typeof size !== "function")
    return "the `size` behind its outcome is no function.";
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
  return kindFault(step);
};

const kindFault = (step: StepLike): string | null => {
  const { kind, id: _, title: __, ...options } = step;
  if (kind === "ask" && step.turn !== undefined)
    return "a question cannot need a turn: others would wait for whoever is to answer.";
  return shapeFault(options, stepShapes[kind]) ?? moreFault(step);
};

/** What is more than the shape of its options. */
const moreFault = (step: StepLike): string | null => {
  switch (step.kind) {
    case "do":
      return step.whenInterrupted === "again" && step.safeBecause === undefined
        ? '`whenInterrupted: "again"` needs `safeBecause`, which people read.'
        : null;
    case "each":
      return eachFault(step);
    case "wait":
    case "ask":
      return null;
    default:
      return step.kind satisfies never;
  }
};

const eachFault = ({ flow, atOnce, waves, stopAfter }: StepLike): string | null => {
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
