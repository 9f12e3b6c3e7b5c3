import type { PastStepTimes } from "#core/durations.ts";
import type { PlannedStep, RunPlan } from "#core/plan.ts";
import { plural } from "#core/plural.ts";
import { intervalText, usualText } from "./format.ts";
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
        {unknown > 0 && `${plural(unknown, "step")} cannot be told beforehand.`} {takesText(plan.takes)}
      </p>
      <ol class="plan planned">
        {plan.steps.map((step) => (
          <li class={step.skip === null && step.unknown === null ? "tone-waiting" : "tone-quiet"}>
            <span class="plan-icon" data-kind={step.kind}>
              <StateIcon state={step.skip === null ? "do" : "skipped"} />
            </span>
            <div>
              <strong>{step.title}</strong> {remark(step) !== "" && <small>{remark(step)}</small>}{" "}
              {step.takes !== null && step.takes.p90Ms >= leastMs && (
                <small>{intervalText(step.takes.p10Ms, step.takes.p90Ms)}</small>
              )}
              <Lines step={step} />
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
};

const takesText = (takes: RunPlan["takes"]): string => {
  if (takes === null) return "";
  const [middle, range] = usualText(takes);
  const told = middle === null ? `It takes ${range}.` : `It takes ${middle} (${range}).`;
  return takes.because === null ? told : `${told} ${takes.because}`;
};

/** Of less than this nothing is said. */
const leastMs = 1_000;

/** How long a step took in four of five past runs; nothing where it never ran or took no time to speak of. */
export const UsualTime = ({ of }: { of: PastStepTimes | undefined }) =>
  of === undefined || of.runs === 0 || of.p90Ms < leastMs ? null : (
    <small>usually {intervalText(of.p10Ms, of.p90Ms)}</small>
  );

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
