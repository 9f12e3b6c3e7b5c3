import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext, UndoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { changedEnv, envText, readVariables } from "#workflows/deploy-stack/env-lines.ts";
import { openPatiently } from "#workflows/deploy-stack/patient.ts";
import { putBack } from "#workflows/deploy-stack/put-back.ts";
import type { UsedApplication } from "./creating-application.ts";
import type { UsedProject } from "./creating-project.ts";

export interface Configured {
  image: string;
  /** What the application ran before; null: nothing. */
  previousImage: string | null;
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedApplication };

const imagePart = "Image";
const variablesPart = "Environment variables";

/**
 * Sets the image and changes the environment variables. Registry credentials and build settings stay as they are. What was there before
 * is known, sealed, from the step that found the application; undoing puts it back.
 */
export const configureApplication = (deps: StackDeps): DoOptions<StackInput, Earlier, Configured, "env"> => ({
  run: async (ctx) => {
    const { input, results, signal, log, secret } = ctx;
    const { dokploy } = await openPatiently(deps, input.connectionId, ctx);
    const { applicationId } = results["creating-application"];
    const changes = changesOf(input);
    const parts = ctx.substeps([imagePart, ...(changes === null ? [] : [variablesPart])]);
    parts.begin(imagePart);
    const { dockerImage: previousImage, env } = await dokploy.application(applicationId, signal);
    await dokploy.setImage(applicationId, input.image, signal);
    log(`The image is ${input.image}${previousImage === null ? "" : `; it was ${previousImage}`}.`);
    parts.end(imagePart);
    if (changes !== null) {
      parts.begin(variablesPart);
      const set = input.variables.length === 0 ? new Map<string, string>() : readVariables(secret("env"));
      const text = input.replaceVariables
        ? envText(set)
        : changedEnv(env ?? "", { set, remove: input.removedVariables ?? [] });
      await dokploy.setEnvironment(applicationId, text, signal);
      await assertArrived(dokploy, applicationId, text, signal);
      log(changes);
      parts.end(variablesPart);
    }
    return { image: input.image, previousImage };
  },
  safeBecause: "Setting the same image and variables again changes nothing.",
  undo: (ctx: UndoContext<StackInput, Earlier, Configured>) => putBack(deps, ctx),
  plan: async ({ input, results }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId } = results["creating-application"];
    const image = { applicationId, sourceType: "docker", dockerImage: input.image };
    const lines = [
      says(`Sets the image to ${input.image}.`),
      sends(dokploy.request("application.update", image)),
    ];
    const changes = changesOf(input);
    if (changes !== null) {
      const others = input.replaceVariables ? [] : ["…"];
      const env = [...others, ...input.variables.map((name) => `${name}=•••`)].join("\n");
      lines.push(says(changes), sends(dokploy.request("application.update", { applicationId, env })));
    }
    return { lines, result: { image: input.image, previousImage: null } };
  },
  detail: ({ image, previousImage }) =>
    previousImage === null || previousImage === image ? image : `${image} (was ${previousImage})`,
  weightMs: 2_000,
});

/** What becomes of the variables; null when they stay as they are. */
const changesOf = ({
  variables,
  removedVariables = [],
  replaceVariables,
}: Pick<StackInput, "variables" | "removedVariables" | "replaceVariables">): string | null => {
  const set = variables.length === 0 ? "" : `Sets ${variables.join(", ")}.`;
  if (replaceVariables) return `${set} Takes out all other variables.`.trim();
  const out = removedVariables.length === 0 ? "" : `Takes out ${removedVariables.join(", ")}.`;
  const all = `${set} ${out}`.trim();
  return all === "" ? null : `${all} All other variables stay.`;
};

/** Read back, because what Dokploy keeps is what the container gets. */
const assertArrived = async (
  dokploy: Dokploy,
  applicationId: string,
  text: string,
  signal: DoContext<unknown, unknown>["signal"],
): Promise<void> => {
  const { env } = await dokploy.application(applicationId, signal);
  if ((env ?? "") === text) return;
  throw new AppError(
    "remote-odd",
    "Dokploy keeps other environment variables than it was sent. Somebody may have changed them at the same time; try again.",
  );
};
