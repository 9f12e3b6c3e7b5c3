import type { PlannedStep, RunPlan } from "#core/plan.ts";
import { plural } from "./format.ts";
import { StateIcon } from "./parts/icon.tsx";

/** The dry run: what each step would do, with the exact commands. */
export const PlanView = ({ plan }: { plan: RunPlan }) => {
  const unknown = plan.steps.filter((step) => step.unknown !== null).length;
  return (
    <section aria-labelledby="plan-title" id="plan">
      <h2 id="plan-title" tabindex={-1} autofocus>
        What it would do
      </h2>
      <p>
        Milepost looked, and changed nothing.{" "}
        {unknown > 0 && `${plural(unknown, "step")} cannot be told beforehand.`}
      </p>
      <ol class="plan planned">
        {plan.steps.map((step) => (
          <li class={step.skip === null && step.unknown === null ? "tone-waiting" : "tone-quiet"}>
            <span class="plan-icon" data-kind={step.kind}>
              <StateIcon state={step.skip === null ? "do" : "skipped"} />
            </span>
            <div>
              <strong>{step.title}</strong> {remark(step) !== "" && <small>{remark(step)}</small>}
              <Lines step={step} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
};

const remark = ({ undoable, readsOnly, skip }: PlannedStep): string => {
  if (skip !== null) return "";
  return readsOnly ? "only reads" : undoable ? "can be undone" : "";
};

const Lines = ({ step }: { step: PlannedStep }) => (
  <div hx-ignore>
    {step.skip !== null && <p class="plan-note">Nothing to do: {step.skip}</p>}
    {step.unknown !== null && <p class="plan-note">{step.unknown}</p>}
    {step.lines.map((line) =>
      line.kind === "command" ? (
        <pre tabindex={0}>
          <code>{line.text}</code>
        </pre>
      ) : (
        <p>{line.text}</p>
      ),
    )}
  </div>
);
