import type { Substep } from "#core/step.ts";
import { StateIcon } from "#views/parts/icon.tsx";
import { stepWords } from "#views/words.ts";

/** The named parts of a step, as a small tree. */
export const Substeps = ({ substeps }: { substeps: readonly Substep[] }) =>
  substeps.length === 0 ? null : (
    <ul class="substeps" hx-ignore>
      {substeps.map((substep) => (
        <li class={`tone-${stepWords[substep.state].tone}`} data-state={substep.state}>
          <StateIcon state={substep.state} />
          <span>
            {substep.name}
            <span class="visually-hidden">: {stepWords[substep.state].word}</span>
          </span>
        </li>
      ))}
    </ul>
  );
