import type { FormButton } from "#core/form.ts";

/** A button that answers or redraws; what it does arrives as `press`. A redraw needs no complete form. */
export const PressButton = ({ button }: { button: FormButton }) => (
  <button
    type="submit"
    name="press"
    value={`${button.does}:${button.value}`}
    class={button.does === "answer" ? "button-secondary" : "button-outline"}
    formnovalidate={button.does === "redraw"}
  >
    {button.label}
  </button>
);
