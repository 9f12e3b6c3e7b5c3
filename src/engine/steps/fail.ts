import { AppError } from "#core/errors.ts";
import { routes } from "#core/routes.ts";
import type { RunWithSteps } from "#core/run.ts";
import type { Step } from "#core/step.ts";
import type { KeptWayOn } from "#core/way-on.ts";
import { askAuthor } from "#engine/author.ts";
import type { Decide } from "#engine/moves/move.ts";
import { failed } from "#engine/moves/stop.ts";
import type { EngineParts } from "#engine/parts.ts";
import { onFailure } from "#engine/shapes.ts";

/** The move that fails a run at a step (null: as a whole), after asking its workflow whether what it made is to be removed. */
export const failing = async (
  parts: EngineParts,
  { run }: RunWithSteps,
  step: Step | null,
  error: AppError,
  tookMs = 0,
): Promise<Decide> => {
  const { rollBack, told } = await wanted(parts, run, error);
  const form = await formOf(parts, run, error);
  return (now, at) => {
    const current = step === null ? null : (now.steps.find((one) => one.id === step.id) ?? null);
    return failed(now, { error: told, step: current, tookMs, rollBack, form }, at);
  };
};

/** The form in which the field stands that an error names: that of the run's input, or that of the connection that it works with. */
const formOf = async (
  { connectionWith }: Pick<EngineParts, "connectionWith">,
  { id, values, secrets, input }: RunWithSteps["run"],
  { field }: AppError,
): Promise<KeptWayOn | undefined> => {
  if (field === undefined) return undefined;
  if (field in values || field in (secrets ?? {}))
    return { href: routes.input.href({ id }), label: "Change the input…" };
  const connection = await connectionWith(input, field).catch(() => null);
  if (connection === null) return undefined;
  return {
    href: routes.connection.href(connection, { run: id }),
    label: `Change the connection “${connection.name}”…`,
  };
};

const wanted = async (
  parts: EngineParts,
  run: RunWithSteps["run"],
  error: AppError,
): Promise<{ rollBack: boolean; told: AppError }> => {
  const flow = parts.workflows.of(run);
  if (flow?.start.onFailure === undefined) return { rollBack: false, told: error };
  try {
    const limitMs = parts.limits.words;
    const call = {
      of: flow.title,
      name: "onFailure",
      shape: onFailure,
      limitMs,
      run: () => flow.start.onFailure?.(run.input),
    };
    return { rollBack: (await askAuthor(parts, call)) === "undo", told: error };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    // What went wrong first is what a person has to read first.
    const besides = `Besides: ${thrown.message} What the run made was kept.`;
    const detail = error.detail === undefined ? besides : `${error.detail}\n${besides}`;
    const { code, message, wayOn } = error;
    return { rollBack: false, told: new AppError(code, message, { cause: error, detail, wayOn }) };
  }
};
