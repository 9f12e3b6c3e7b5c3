import type { PropsWithChildren } from "hono/jsx";
import { keptOnErrors, polls } from "./htmx.ts";

/** A list that fetches itself anew; `address` says what it shows. static/live.js tells when the server cannot be reached. */
export const LiveList = ({ id, address, children }: PropsWithChildren<{ id: string; address: string }>) => (
  <div id={id} data-live-list {...keptOnErrors} {...polls(address)}>
    <p class="freshness" data-lost />
    {children}
  </div>
);
