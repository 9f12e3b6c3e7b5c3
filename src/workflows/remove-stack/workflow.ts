import { text } from "#core/field-kinds.ts";
import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";
import { type StackDeps, type StackHost, stackDeps } from "#stacks/deps.ts";
import { dokployConnection } from "#stacks/fields.ts";
import { throughOutages, throughShortOutages } from "#stacks/outages.ts";
import { readName } from "#stacks/read-name.ts";
import { serverOf } from "#stacks/server.ts";
import { oneStack } from "#stacks/start.ts";
import type { RemovalInput } from "./input.ts";
import { approveRemoval } from "./steps/approving.ts";
import { lookUpStack } from "./steps/looking.ts";
import { proveRemoval } from "./steps/proving.ts";
import { removeStack as remove } from "./steps/removing.ts";
import { settleStack } from "./steps/settling.ts";

export const offeredAfter = "deploy-stack";

export default (host: StackHost) => removeStack(stackDeps(host));

/** Removes a stack by its name, whoever made it, after somebody has seen what that takes away. */
export const removeStack = (deps: StackDeps) =>
  workflow(
    "remove-stack",
    "Remove a stack",
    "Give a stack's name; Milepost shows what is there, asks, removes application, domains and project from Dokploy, and looks whether they are gone. Volumes stay.",
    start({
      fields: [
        dokployConnection("Where is it?", deps.connections),
        text("name", "Stack name", { required: true, autocomplete: "off", read: readName }),
      ],
      submit: "Look what is there",
      input: ({ connection, name }): RemovalInput => ({ ...serverOf(connection), name }),
      ...oneStack,
    }),
  )
    .do("looking", "Look what is there", { ...lookUpStack(deps), ...throughShortOutages(deps) })
    .approve("approving", "Agree to the removal", approveRemoval)
    .wait("settling", "Let a deployment end", settleStack(deps))
    .do("removing", "Remove it", { ...remove(deps), ...throughOutages(deps) })
    .do("proving", "Look whether it is gone", { ...proveRemoval(deps), ...throughOutages(deps) })
    .hands(({ name }, { looking, proving }) => ({
      sentence: `“${name}” is removed. ${proving.sentence}`,
      facts: [
        ...looking.parts.map((value) => ({ label: "Removed", value })),
        ...looking.stays.map((value) => ({ label: "Stays", value })),
      ],
    }));
