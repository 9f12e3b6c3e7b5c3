import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";

/** Two quick steps, nothing asked. */
export const quick = workflow("quick", "Quick", "Two quick steps.", start({ subject: () => "quick" }))
  .do("one", "One", { run: async ({ log }) => log("a line") })
  .do("two", "Two", { run: async () => "done" })
  .hands(() => ({ sentence: "Both are done." }));

/** Never ends by itself. */
export const endless = workflow("endless", "Endless", "Waits.", start({ subject: () => "endless" }))
  .wait("wait", "Wait", { look: async () => ({ waiting: "PENDING" }), everyMs: 60_000, timeoutMs: 3_600_000 })
  .hands(() => ({ sentence: "Never." }));
