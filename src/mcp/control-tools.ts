import type { McpServer } from "@modelcontextprotocol/server";
import { z } from "zod";
import type { Actor } from "#core/actor.ts";
import { AppError } from "#core/errors.ts";
import type { RunPicture } from "#core/picture.ts";
import type { Action } from "#core/rights.ts";
import { assertMay } from "#core/rules.ts";
import type { RunWithSteps } from "#core/run.ts";
import { together } from "#core/sentence.ts";
import type { Engine } from "#engine/engine.ts";
import { answering, assertCan, type Caller, runFor } from "./call.ts";
import { unconfirmed } from "./confirm.ts";
import { toldOrAsked } from "./questions.ts";
import type { Sdk } from "./sdk.ts";

interface Control {
  name: string;
  title: string;
  description: string;
  action: Action;
  /** The question that a person has to say yes to; none: it takes nothing away. */
  ask?: (name: string, picture: RunPicture) => string;
  /** Throws where it cannot be done now: then nobody is asked. */
  assertMay?: (now: RunWithSteps) => void;
  /** Gives the id of the run to tell of. */
  run(engine: Engine<Actor>, picture: RunPicture, by: Actor): Promise<string>;
}

const same =
  (act: (engine: Engine<Actor>, id: string, by: Actor) => Promise<void>): Control["run"] =>
  async (engine, { id }, by) => {
    await act(engine, id, by);
    return id;
  };

/** The step that a person may leave out; throws where there is none, so that nobody is asked. */
const inTheWay = ({ steps }: RunPicture) => {
  const step = steps.find(({ maySkip }) => maySkip);
  if (step === undefined) throw new AppError("not-allowed-now", "No step of this run may be left out now.");
  return step;
};

const controls: readonly Control[] = [
  {
    name: "pause_run",
    title: "Pause a run",
    description: "It goes no further than the step that is at work.",
    action: "control",
    run: same((engine, id, by) => engine.pause(id, by)),
  },
  {
    name: "resume_run",
    title: "Resume a paused run",
    description: "It goes on where it was.",
    action: "control",
    run: same((engine, id, by) => engine.resume(id, by)),
  },
  {
    name: "retry_run",
    title: "Try the failed step again",
    description: "Or end the pause before its next try.",
    action: "control",
    run: same((engine, id, by) => engine.retry(id, by)),
  },
  {
    name: "cancel_run",
    title: "Cancel a run",
    description: "What it has made so far stays until it is undone.",
    action: "control",
    ask: (name) => `Cancel ${name}? What it has made so far stays until it is undone.`,
    assertMay: (now) => assertMay("cancel", now),
    run: same((engine, id, by) => engine.cancel(id, by)),
  },
  {
    name: "start_over_run",
    title: "Cancel a run and start it over",
    description: "With the same input.",
    action: "control",
    ask: (name) => `Cancel ${name} and start it over with the same input?`,
    assertMay: (now) => assertMay("startOver", now),
    run: async (engine, { id }, by) => (await engine.startOver(id, by)).runId,
  },
  {
    name: "skip_step",
    title: "Leave out the step that is in the way",
    description: "Where its author allows that.",
    action: "control",
    ask: (name, picture) => {
      const { title, skippable } = inTheWay(picture);
      return together([`Leave out “${title}” of ${name}?`, skippable ?? ""]);
    },
    run: async (engine, picture, by) => {
      await engine.skip(picture.id, inTheWay(picture).id, by);
      return picture.id;
    },
  },
  {
    name: "undo_run",
    title: "Undo what a run made",
    description:
      "Removes what it made, as far as its steps can. Only of runs that this token's person started.",
    action: "undo",
    ask: (name) => `Remove what ${name} made?`,
    assertMay: (now) => assertMay("undo", now),
    run: same((engine, id, by) => engine.undo(id, by)),
  },
];

const afterYesMs = 2_000;

const gentle = z.strictObject({ run: z.string().describe("The id of the run.") });
const confirmed = gentle.extend({
  confirm: z.string().max(64).optional().describe("The code that the first call gave."),
});

/** Changing runs. What takes something away is asked back first. */
export const controlTools = (server: McpServer, sdk: Sdk, caller: Caller): void => {
  const { engine, store, who } = caller;
  for (const { name, title, description, action, ask, assertMay: assertNow, run } of controls)
    server.registerTool(
      name,
      {
        title,
        description,
        inputSchema: ask === undefined ? gentle : confirmed,
        annotations: { readOnlyHint: false, destructiveHint: ask !== undefined, openWorldHint: true },
      },
      answering(async (given: { run: string; confirm?: string }, ctx) => {
        const picture = await runFor(caller, given.run);
        const { workflowId, starter } = picture;
        assertCan(caller, action, { workflowId, starter });
        if (name === "undo_run" && starter !== who.person.id)
          throw new AppError("forbidden", "An agent may undo only what its own person started.");
        const now = assertNow === undefined ? null : await store.run(picture.id);
        if (now !== null) assertNow?.(now);
        if (ask !== undefined) {
          const question = ask(`“${picture.title}” #${picture.number}`, picture);
          const open = await unconfirmed(
            sdk,
            caller,
            { verb: name, question, picture, code: given.confirm },
            ctx,
          );
          if (open !== null) return open;
        }
        const after = await run(engine, picture, who.by);
        // What ends is told as ended where that takes no long.
        if (ask !== undefined) await engine.settled(after, afterYesMs, ctx.mcpReq.signal);
        return toldOrAsked(sdk, caller, await runFor(caller, after), ctx);
      }),
    );
};
