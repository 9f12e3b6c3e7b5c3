import { says, sends } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import type { UsedApplication } from "./creating-application.ts";

export interface Configured {
  image: string;
  /** What the application ran before; null: nothing. */
  previousImage: string | null;
}

type Earlier = { "creating-application": UsedApplication };

const imagePart = "Image";
const variablesPart = "Environment variables";

/** Sets the image and, where some are given, the environment variables. Registry credentials and build settings stay as they are. */
export const configureApplication = (deps: StackDeps): DoOptions<StackInput, Earlier, Configured, "env"> => ({
  run: async ({ input, results, signal, substeps, log, secret }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId } = results["creating-application"];
    const parts = substeps([imagePart, ...(input.variables.length === 0 ? [] : [variablesPart])]);
    parts.begin(imagePart);
    const { dockerImage: previousImage } = await dokploy.application(applicationId, signal);
    await dokploy.setImage(applicationId, input.image, signal);
    log(`The image is ${input.image}${previousImage === null ? "" : `; it was ${previousImage}`}.`);
    parts.end(imagePart);
    if (input.variables.length > 0) {
      parts.begin(variablesPart);
      await dokploy.setEnvironment(applicationId, secret("env"), signal);
      log(`Set ${input.variables.join(", ")}.`);
      parts.end(variablesPart);
    }
    return { image: input.image, previousImage };
  },
  safeBecause: "Setting the same image and variables again changes nothing.",
  plan: async ({ input, results }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId } = results["creating-application"];
    const image = { applicationId, sourceType: "docker", dockerImage: input.image };
    const lines = [
      says(`Sets the image to ${input.image}.`),
      sends(dokploy.request("application.update", image)),
    ];
    if (input.variables.length > 0) {
      const hidden = { applicationId, env: input.variables.map((name) => `${name}=•••`).join("\n") };
      lines.push(
        says(`Replaces the environment variables by ${input.variables.join(", ")}.`),
        sends(dokploy.request("application.update", hidden)),
      );
    }
    return { lines, result: { image: input.image, previousImage: null } };
  },
  detail: ({ image, previousImage }) =>
    previousImage === null || previousImage === image ? image : `${image} (was ${previousImage})`,
  weightMs: 2_000,
});
