import { parse } from "dotenv";
import { change } from "#connectors/dokploy/bodies.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { putBack } from "#stacks/put-back.ts";
import { detailsOf, type UsedService } from "#stacks/service.ts";
import type { UsedProject } from "#stacks/steps/creating-project.ts";
import { changesOf, setVariables, shownVariables } from "#stacks/variables.ts";
import { digestOf, field } from "#workflows/deploy-compose/compose-file.ts";
import { unmatched } from "#workflows/deploy-compose/compose-variables.ts";
import type { ComposeInput } from "#workflows/deploy-compose/input.ts";
import { toldOf } from "#workflows/deploy-compose/told.ts";

export interface Configured {
  services: number;
  /** What the file makes, in words. */
  makes: string[];
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedService };

const filePart = "Compose file";
const variablesPart = "Environment variables";

/** Sets the file and changes the variables. What was there before is known, sealed, from the step that found the compose service. */
export const configureCompose = (
  deps: StackDeps,
): DoOptions<ComposeInput, Earlier, Configured, "env" | typeof field> => ({
  run: async (ctx) => {
    const { input, results, signal, log } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const used = results["creating-application"];
    const changes = changesOf(input);
    const parts = ctx.substeps([filePart, ...(changes === null ? [] : [variablesPart])]);
    const { columns } = await detailsOf(dokploy, used, signal);
    parts.begin(filePart);
    const composeFile = ctx.secret(field);
    await dokploy.change(used, { sourceType: "raw", composeFile }, signal);
    for (const line of toldOf(input.file)) log(`The file makes ${line}.`);
    for (const note of input.file.notes) log(note, "warn");
    parts.end(filePart);
    if (changes !== null) {
      parts.begin(variablesPart);
      await setVariables(dokploy, used, columns.env ?? "", { input, signal, env: () => ctx.secret("env") });
      log(changes);
      parts.end(variablesPart);
    }
    const now = (await detailsOf(dokploy, used, signal)).columns;
    if (now.composeFile !== composeFile)
      throw new AppError(
        "remote-odd",
        "Dokploy keeps another compose file than it was sent. Somebody may have changed it at the same time; try again.",
      );
    const there = Object.keys(parse(now.env ?? ""));
    for (const odd of unmatched(input.file, { set: input.variables, there })) log(odd, "warn");
    return { services: input.file.services.length, makes: toldOf(input.file) };
  },
  safeBecause: "Setting the same again changes nothing.",
  undo: (ctx: UndoContext<ComposeInput, Earlier, Configured>) =>
    putBack(deps, ctx, {
      isOurs: ({ composeFile }) => composeFile != null && digestOf(composeFile) === ctx.input.file.digest,
      told: ({ composeFile }) => (composeFile ? "a compose file" : "no compose file"),
      mounts: () => [],
    }),
  plan: async ({ input, results, signal }) => {
    const dokploy = await deps.connect(input.connectionId);
    const used = results["creating-application"];
    const { call, body } = change(used, { sourceType: "raw", composeFile: "…" });
    const changes = changesOf(input);
    const env =
      used.made || input.replaceVariables ? "" : (await detailsOf(dokploy, used, signal)).columns.env;
    const there = Object.keys(parse(env ?? "")).filter((name) => !input.removedVariables.includes(name));
    return {
      lines: [
        says("Sets the compose file that was pasted."),
        ...toldOf(input.file).map((line) => says(`It makes ${line}.`)),
        ...[...input.file.notes, ...unmatched(input.file, { set: input.variables, there })].map(says),
        sends(dokploy.request(call, body)),
        ...(changes === null ? [] : [says(changes), shownVariables(dokploy, used, input)]),
      ],
      result: { services: input.file.services.length, makes: toldOf(input.file) },
    };
  },
  detail: ({ services }) => plural(services, "service"),
  weightMs: 2_000,
});

/** What the outcome says of it. */
export const factsOf = ({ makes }: Configured) => makes.map((value) => ({ label: "Of the file", value }));
