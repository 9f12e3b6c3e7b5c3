import type { ApproveOptions } from "#core/approval.ts";
import type { RemovalInput } from "#workflows/remove-stack/input.ts";
import type { FoundStack } from "./looking.ts";

/** Nothing of it can be undone, so somebody agrees to what is named. */
export const approveRemoval: ApproveOptions<RemovalInput, { looking: FoundStack }> = {
  about: ({ input, results: { looking } }) => ({
    what: `This removes the stack “${input.name}” from ${input.connectionName}. Its page is gone then, and undoing is not possible.`,
    risk: "high",
    impact: [
      ...looking.parts.map((part) => `Goes: ${part}.`),
      ...looking.stays.map((part) => `Stays: ${part}.`),
    ],
  }),
};
