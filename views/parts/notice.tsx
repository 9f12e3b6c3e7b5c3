import type { PropsWithChildren } from "hono/jsx";
import type { Tone } from "#views/words.ts";

/** A card that explains something: what was recovered, what failed, what comes next. */
export const Notice = ({ tone, title, id, role, came = false, children }: PropsWithChildren<NoticeProps>) => (
  <section class={`notice tone-${tone}`} id={id} role={role} aria-labelledby={id && `${id}-title`}>
    <h2 class="notice-title" id={id && `${id}-title`} {...(came ? { tabindex: -1, autofocus: true } : {})}>
      {title}
    </h2>
    {children}
  </section>
);

interface NoticeProps {
  tone: Tone;
  title: string;
  id?: string;
  role?: "alert" | "status";
  /** It is what somebody has just pressed a button for, so the keyboard goes on here. */
  came?: boolean;
}
