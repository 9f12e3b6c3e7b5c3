import type { PastStepTimes } from "#core/durations.ts";
import { durationText } from "#views/clock-words.js";

/** What each step took: its middle, and between which times four of five runs were. */
export const StepTable = ({ steps }: { steps: readonly PastStepTimes[] }) => (
  <section class="scroll-box" tabindex={0} aria-label="What each step took">
    <table class="durations">
      <thead>
        <tr>
          <th scope="col">Step</th>
          <th scope="col">Usually</th>
          <th scope="col">Four of five</th>
          <th scope="col">Skipped</th>
        </tr>
      </thead>
      <tbody hx-ignore>
        {steps.map((step) => (
          <tr>
            <th scope="row">{step.title}</th>
            <td>{step.runs === 0 ? "–" : durationText(step.p50Ms)}</td>
            <td>{step.runs === 0 ? "–" : `${durationText(step.p10Ms)} to ${durationText(step.p90Ms)}`}</td>
            <td>
              {step.skipped} of {step.runs + step.skipped}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);
