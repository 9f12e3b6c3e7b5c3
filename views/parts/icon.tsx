import type { RunState, StepState } from "#core/states.ts";

/** Shapes differ as well as colours, so that nobody needs to tell green from red. All are drawn in a 24 by 24 box. */
const shapes = {
  pending: <circle cx="12" cy="12" r="8.5" stroke-dasharray="3 3.2" />,
  queued: <circle cx="12" cy="12" r="8.5" stroke-dasharray="3 3.2" />,
  running: (
    <>
      <circle cx="12" cy="12" r="8.5" class="icon-track" />
      <path d="M12 3.5a8.5 8.5 0 0 1 8.5 8.5" class="icon-turn" />
    </>
  ),
  waiting: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M12 7.2V12l3.2 2" />
    </>
  ),
  asking: (
    <>
      <path d="M4 5.5h16v11h-8.5L7 20v-3.5H4z" />
      <path d="M9.8 9.3c.2-1.1 1-1.8 2.2-1.8 1.3 0 2.2.7 2.2 1.8 0 1.4-1.9 1.5-2.1 2.9M12 14.3v.1" />
    </>
  ),
  paused: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M10 9v6M14 9v6" />
    </>
  ),
  completed: (
    <>
      <circle cx="12" cy="12" r="9" class="icon-disc" />
      <path d="M8 12.3l2.8 2.8L16.2 9.5" class="icon-on-disc" />
    </>
  ),
  failed: (
    <>
      <circle cx="12" cy="12" r="9" class="icon-disc" />
      <path d="M9 9l6 6M15 9l-6 6" class="icon-on-disc" />
    </>
  ),
  skipped: (
    <>
      <path d="M4 15c1-5 4-7.5 8-7.5S18.5 10 19.5 14" />
      <path d="M20.8 9.8 19.6 14.3 15.3 12.6" />
      <path d="M10.5 16.5h3" />
    </>
  ),
  undone: (
    <>
      <path d="M5 5v5h5" />
      <path d="M5.5 10A7.5 7.5 0 1 1 5 14" />
    </>
  ),
  cancelled: (
    <>
      <circle cx="12" cy="12" r="8.5" />
      <path d="M6.2 6.2l11.6 11.6" />
    </>
  ),
  undoing: (
    <>
      <path d="M5 5v5h5" />
      <path d="M5.5 10A7.5 7.5 0 1 1 5 14" />
    </>
  ),
  do: <path d="M5 7.5l4.5 4.5L5 16.5M12.5 16.5H19" />,
} as const satisfies Record<RunState | StepState | "do", unknown>;

/** The sign of a state. Decoration: the word beside it says the same. */
export const StateIcon = ({ state }: { state: keyof typeof shapes }) => (
  <svg
    class={`icon icon-${state}`}
    viewBox="0 0 24 24"
    width="24"
    height="24"
    aria-hidden="true"
    focusable="false"
  >
    {shapes[state]}
  </svg>
);

/** The milestone of the name. */
export const Logo = () => (
  <svg class="logo" viewBox="0 0 24 24" width="28" height="28" aria-hidden="true" focusable="false">
    <path d="M6.5 21V9a5.5 5.5 0 0 1 11 0v12z" class="logo-stone" />
    <path d="M3 21h18" class="logo-line" />
    <path d="M9.3 13.2l2 2 3.6-4" class="logo-mark" />
  </svg>
);
