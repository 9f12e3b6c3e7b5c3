import type { PropsWithChildren } from "hono/jsx";
import type { Tone } from "#views/words.ts";

/** A card that explains something: what was recovered, what failed, what comes next. */
export const Notice = ({ tone, title, id, role, children }: PropsWithChildren<NoticeProps>) => (
  <section class={`notice tone-${tone}`} id={id} role={role} aria-labelledby={id && `${id}-title`}>
    <h2 class="notice-title" id={id && `${id}-title`}>
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
}
