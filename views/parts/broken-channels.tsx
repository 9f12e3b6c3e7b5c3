import { routes } from "#core/routes.ts";
import { Notice } from "./notice.tsx";

/** Told on every page to whoever would otherwise wait for messages in vain. */
export const BrokenChannels = ({ names }: { names: readonly string[] }) => (
  <Notice tone="attention" title="A channel no longer reaches you" id="broken-channels">
    <p>
      {names.map((name) => `“${name}”`).join(", ")}:{" "}
      <a href={routes.notifications.href()}>what is wrong, and a test</a>
    </p>
  </Notice>
);
