import { changes, type WordsAt } from "./later.tsx";

/**
 * A bar from 0 to 100. `percent` null: we do not know, so it is indeterminate and `label` says what it waits for.
 * `still`: nothing moves now (paused, over), so an unknown share shows as stripes that stand still: neither busy nor 0 %.
 */
export const ProgressBar = ({ percent, label, still, tone, later = [] }: ProgressBarProps) =>
  percent === null ? (
    <progress
      class={[tone && `tone-${tone}`, still && "still"].filter(Boolean).join(" ") || undefined}
      max="100"
      aria-label={label}
    />
  ) : (
    <progress
      class={tone && `tone-${tone}`}
      max="100"
      value={percent}
      aria-label={label}
      data-later={changes(`${percent} %`, later)}
    />
  );

interface ProgressBarProps {
  percent: number | null;
  label: string;
  still?: boolean;
  tone?: string;
  /** "42 %" from a moment on: the label then begins with it too. */
  later?: readonly WordsAt[];
}
