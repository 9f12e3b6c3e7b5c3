import type { PropsWithChildren } from "hono/jsx";

/** What stands where there is nothing yet: why, and what to do. */
export const Empty = ({ title, children }: PropsWithChildren<{ title: string }>) => (
  <div class="empty">
    <p class="empty-title">{title}</p>
    {children}
  </div>
);
