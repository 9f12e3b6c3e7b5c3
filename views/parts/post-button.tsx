import type { Child } from "hono/jsx";
import { liveForm } from "./htmx.ts";

/** The name of a hidden field by which a form says: pressed twice on a slow line, it means one run. */
export const onceField = "milepost-once";
export const once = { [onceField]: "yes" } as const;

interface PostButtonProps {
  action: string;
  label: string;
  /** Unique on the page, so that focus survives a morph. */
  id: string;
  look?: "primary" | "secondary" | "outline" | "danger" | "link";
  /** Sent by htmx, the answer swaps the parts of the run's page that it changed; otherwise a plain form. */
  live?: boolean;
  /** Further words for screen readers: which step, which file. */
  about?: string;
  fields?: Readonly<Record<string, string>>;
  /** The key that presses it: in the row that has the focus, or on the whole page. */
  press?: string;
  /** What a person chooses with it. */
  chosen?: Child;
}

/** One verb as a real form: works without JavaScript, smooth with it. */
export const PostButton = ({
  action,
  label,
  id,
  look = "secondary",
  live = false,
  about,
  fields = {},
  press,
  chosen,
}: PostButtonProps) => (
  <form method="post" action={action} class="post" {...(live ? liveForm(action) : {})}>
    {Object.entries(fields).map(([name, value]) => (
      <input type="hidden" name={name} value={value} />
    ))}
    {chosen}
    <button type="submit" id={id} class={`button-${look}`} data-key-press={press}>
      {label}
      {about && <span class="visually-hidden"> {about}</span>}
    </button>
  </form>
);

/** The same behind a question that opens in place: nobody cancels or deletes by one slip of a finger, with or without JavaScript. */
export const ConfirmButton = ({ ask, confirm, hint, ...button }: ConfirmButtonProps) => (
  <details class="confirm" name="confirm" id={`${button.id}-ask`}>
    <summary class={`button-${button.look ?? "secondary"}`} title={hint}>
      {ask}
      {button.about && <span class="visually-hidden"> {button.about}</span>}
    </summary>
    <div class="confirm-card">
      {confirm}
      <PostButton {...button} look={button.look === "danger" ? "danger" : "primary"} />
    </div>
  </details>
);

type ConfirmButtonProps = PostButtonProps & { ask: Child; confirm: Child; hint?: string };
