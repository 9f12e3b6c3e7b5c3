import type { Approved, ApproveOptions } from "#core/approval.ts";
import { Skip } from "#core/skip.ts";
import type { ComposeInput } from "#workflows/deploy-compose/input.ts";
import { toldOf } from "#workflows/deploy-compose/told.ts";

/** What of a file reaches the server itself may do anything there, so somebody agrees to each line of it. */
export const approveFile: ApproveOptions<ComposeInput, object> = {
  about: ({ input: { file, name, connectionName } }) => {
    if (file.reaches.length === 0)
      return new Skip<Approved>("Nothing in the file reaches the server itself or other stacks.", {
        by: "nobody",
        comment: null,
      });
    return {
      what: `The compose file of “${name}” reaches beyond its own containers on ${connectionName}.`,
      risk: "high",
      impact: [
        ...file.reaches.map(({ line, says }) => `Line ${line}: ${says}`),
        ...toldOf(file).map((line) => `Makes: ${line}`),
      ],
    };
  },
};
