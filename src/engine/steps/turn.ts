import type { Run, RunWithSteps } from "#core/run.ts";
import { isStepDone } from "#core/states.ts";
import type { Behind } from "#core/turn.ts";
import type { StepDefinition } from "#core/workflow.ts";
import { askAuthor } from "#engine/author.ts";
import type { Claim } from "#engine/claim.ts";
import { flowOf } from "#engine/definition.ts";
import { callLine } from "#engine/line.ts";
import { behindOthers, itsTurn } from "#engine/moves/turn.ts";
import type { EngineParts } from "#engine/parts.ts";
import { standingAt } from "#engine/seen/outlook.ts";
import { wordsOrNone } from "#engine/shapes.ts";

/** A run that waits is called when somebody before it leaves; this is for a server that died between the two, and for the time told. */
const lookEveryMs = 30_000;

/**
 * Whether the next step of a run may begin: it needs no turn, or it is its turn. Otherwise the run stands in the line, says behind whom,
 * and is let go. Those before it can only become fewer, so what was seen once stays true.
 */
export const hasTurn = async (claim: Claim, definition: StepDefinition): Promise<boolean> => {
  const needed = await neededTurn(claim, definition);
  if (claim.at().run.turn !== needed) await claim.record(() => ({ run: { turn: needed, behind: null } }));
  if (needed === null) return true;
  const behind = await inFront(claim, needed, atOnceOf(definition));
  if (behind === null) {
    if (claim.at().run.behind !== null) await claim.record(itsTurn);
    return true;
  }
  await claim.record((now, at) => behindOthers(now, behind, at + lookEveryMs, at));
  // Whoever was in front may have left while this one was still in hand, and have called it in vain.
  await callLine(claim.parts, needed);
  return false;
};

const turnOf = (definition: StepDefinition) =>
  definition.kind === "do" || definition.kind === "wait" ? definition.turn : undefined;

const atOnceOf = (definition: StepDefinition): number => turnOf(definition)?.atOnce ?? 1;

const neededTurn = async (claim: Claim, definition: StepDefinition): Promise<string | null> => {
  const turn = turnOf(definition);
  if (turn === undefined) return null;
  const { parts } = claim;
  return askAuthor(parts, {
    of: definition.title,
    name: "turn.of",
    shape: wordsOrNone,
    limitMs: parts.limits.words,
    run: () => turn.of(claim.at().run.input),
  });
};

const inFront = async ({ parts, at }: Claim, turn: string, atOnce: number): Promise<Behind | null> => {
  const line = await parts.store.line(turn);
  const ahead = line.findIndex(({ id }) => id === at().run.id);
  const [first] = line;
  if (first === undefined || ahead < atOnce) return null;
  const { id: runId, number, title, subject } = first;
  return {
    runId,
    number,
    title,
    subject,
    ahead,
    aboutMs: ahead === 1 ? await stretchLeftMs(parts, first) : null,
  };
};

/** What past runs say of how long another run will still have its turn; null where they say nothing. Milliseconds. */
const stretchLeftMs = async (
  { store, history, workflows, clock }: EngineParts,
  first: Run,
): Promise<number | null> => {
  const at = await store.run(first.id);
  const model = await history.of(first.workflowId);
  if (at === null || model === null) return null;
  const { left } = standingAt(at, { model, promises: [] }, clock.now());
  const each = stretchOf(at, flowOf(workflows, at)?.steps ?? []).map((id) => left.steps.get(id)?.p50Ms);
  return each.length === 0 ? null : each.reduce<number | null>(plus, 0);
};

const plus = (sum: number | null, ms: number | undefined): number | null =>
  sum === null || ms === undefined ? null : sum + ms;

/** The steps from the next one on that need a turn, up to the first that needs none. */
const stretchOf = ({ steps }: RunWithSteps, definitions: readonly StepDefinition[]): string[] => {
  const next = steps.findIndex(({ state }) => !isStepDone(state));
  const rest = next < 0 ? [] : definitions.slice(next);
  const end = rest.findIndex((one) => turnOf(one) === undefined);
  return (end < 0 ? rest : rest.slice(0, end)).map(({ id }) => id);
};
