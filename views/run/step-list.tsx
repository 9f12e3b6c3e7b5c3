import type { Form } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { isGoAhead } from "#core/supervised.ts";
import type { FormError } from "#views/form/form-error.ts";
import { activeStep } from "./said.ts";
import { StepItem } from "./step-item.tsx";

interface StepListProps {
  picture: RunPicture;
  now: number;
  draft: Form | undefined;
  error: FormError | undefined;
}

export const StepList = ({ picture, now, draft, error }: StepListProps) => {
  const active = activeStep(picture)?.id;
  return (
    <section class="panel steps-part" aria-labelledby="steps">
      <h2 id="steps" class="panel-title">
        Steps
      </h2>
      <ol class="steps">
        {picture.steps
          .filter((_, index) => !isAhead(picture, index))
          .map((step) => (
            <StepItem
              picture={picture}
              step={step}
              active={step.id === active}
              now={now}
              draft={draft}
              error={error}
            />
          ))}
      </ol>
    </section>
  );
};

/** Questions before later steps would only double the list. */
const isAhead = ({ mode, steps }: RunPicture, index: number): boolean =>
  steps[index]?.state === "pending" && isGoAhead(mode, steps, index);
