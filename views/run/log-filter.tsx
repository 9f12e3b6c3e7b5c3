import type { RunPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";

export interface LogFilter {
  /** Only lines with this text, whatever the case; "" for all. */
  search: string;
  /** Only lines of this step; "" for all. */
  step: string;
  /** The lines around this one, whatever else was asked; null for the newest. */
  line: number | null;
}

/** Asks which lines to show. Without JavaScript it leads to the log's own page; static/live.js filters as one types. */
export const LogFilterForm = ({
  picture: { id, steps },
  filter,
  formId,
}: {
  picture: RunPicture;
  filter: LogFilter;
  formId: string;
}) => (
  <search>
    <form method="get" action={routes.log.href({ id })} class="log-filter" id={formId}>
      <label>
        <span class="visually-hidden">Search the log</span>
        <input type="search" name="search" value={filter.search} placeholder="Search" autocomplete="off" />
      </label>
      <label>
        <span class="visually-hidden">Step</span>
        <select name="step">
          <option value="">All steps</option>
          {steps.map((step) => (
            <option value={step.id} selected={step.id === filter.step}>
              {step.title}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button-secondary">
        Search all
      </button>
    </form>
  </search>
);
