import { newVolumeBody } from "#connectors/dokploy/bodies.ts";
import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import type { DoContext, UndoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { changedEnv, envText, readVariables } from "#workflows/deploy-stack/env-lines.ts";
import { openFormer } from "#workflows/deploy-stack/former.ts";
import type { StackInput } from "#workflows/deploy-stack/input.ts";
import { putBack } from "#workflows/deploy-stack/put-back.ts";
import { settingsOf } from "#workflows/deploy-stack/settings.ts";
import { addVolumes, missingVolumes, nothingKept, toldVolume } from "#workflows/deploy-stack/volumes.ts";
import type { UsedApplication } from "./creating-application.ts";
import type { UsedProject } from "./creating-project.ts";

export interface Configured {
  image: string;
  /** What the application ran before; null: nothing. */
  previousImage: string | null;
  /** Folders of the container that outlive it; left out by runs of earlier versions. */
  kept?: string[];
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedApplication };
type Secret = "env" | "registryPassword";
type Context = DoContext<StackInput, Earlier, Secret>;

const imagePart = "Image";
const variablesPart = "Environment variables";
const volumesPart = "Volumes";

/**
 * Sets the image, changes the environment variables, mounts volumes, and sets what else was asked for; all the rest stays as it is. What was
 * there before is known, sealed, from the step that found the application; undoing puts it back.
 */
export const configureApplication = (
  deps: StackDeps,
): DoOptions<StackInput, Earlier, Configured, Secret> => ({
  run: async (ctx) => {
    const { input, results, signal, log } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId, former } = results["creating-application"];
    const settings = settingsOf(input, () => ctx.secret("registryPassword"));
    const changes = changesOf(input);
    const volumes = input.volumes ?? [];
    const parts = ctx.substeps([
      imagePart,
      ...settings.map(({ part }) => part),
      ...(changes === null ? [] : [variablesPart]),
      ...(volumes.length === 0 ? [] : [volumesPart]),
    ]);
    const { columns, mounts } = await dokploy.application(applicationId, signal);
    missingVolumes(volumes, mounts);
    parts.begin(imagePart);
    // A try before this one may have set the new one already.
    const previousImage =
      former == null ? null : (openFormer(deps.secrets, ctx.runId, former).columns.dockerImage ?? null);
    await dokploy.change(applicationId, { sourceType: "docker", dockerImage: input.image }, signal);
    log(`The image is ${input.image}${previousImage === null ? "" : `; it was ${previousImage}`}.`);
    parts.end(imagePart);
    for (const { part, columns: wanted, says: said } of settings) {
      parts.begin(part);
      await dokploy.change(applicationId, wanted, signal);
      log(said);
      parts.end(part);
    }
    if (changes !== null) {
      parts.begin(variablesPart);
      await setVariables(dokploy, columns.env ?? "", ctx);
      log(changes);
      parts.end(variablesPart);
    }
    if (volumes.length > 0) {
      parts.begin(volumesPart);
      await addVolumes(dokploy, applicationId, volumes, signal);
      for (const volume of volumes) log(`Keeps ${toldVolume(volume)}.`);
      parts.end(volumesPart);
    }
    const kept = [
      ...new Set([...mounts.map(({ mountPath }) => mountPath), ...volumes.map(({ path }) => path)]),
    ];
    const lost = nothingKept(kept);
    if (lost !== null) log(lost, "warn");
    return { image: input.image, previousImage, kept };
  },
  safeBecause: "Setting the same again changes nothing, and what is mounted already is not mounted again.",
  undo: (ctx: UndoContext<StackInput, Earlier, Configured>) => putBack(deps, ctx),
  plan: async ({ input, results, signal }) => {
    const dokploy = await deps.connect(input.connectionId);
    const { applicationId, made } = results["creating-application"];
    const volumes = input.volumes ?? [];
    const mounts = made ? [] : (await dokploy.application(applicationId, signal)).mounts;
    const update = (body: Readonly<Record<string, unknown>>) =>
      sends(dokploy.request("application.update", { applicationId, ...body }));
    const lines = [
      says(`Sets the image to ${input.image}.`),
      update({ sourceType: "docker", dockerImage: input.image }),
    ];
    for (const { says: said, shown } of settingsOf(input, () => ""))
      lines.push(says(said), update({ ...shown }));
    const changes = changesOf(input);
    if (changes !== null) {
      const others = input.replaceVariables ? [] : ["…"];
      const env = [...others, ...input.variables.map((name) => `${name}=•••`)].join("\n");
      lines.push(says(changes), update({ env }));
    }
    for (const volume of missingVolumes(volumes, mounts)) {
      const body = newVolumeBody(applicationId, { volumeName: volume.name, mountPath: volume.path });
      lines.push(says(`Keeps ${toldVolume(volume)}.`), sends(dokploy.request("mounts.create", body)));
    }
    const lost = nothingKept([...mounts, ...volumes]);
    if (lost !== null) lines.push(says(lost));
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
const setVariables = async (
  dokploy: Dokploy,
  before: string,
  { input, results, signal, secret }: Context,
): Promise<void> => {
  const { applicationId } = results["creating-application"];
  const set = input.variables.length === 0 ? new Map<string, string>() : readVariables(secret("env"));
  const text = input.replaceVariables
    ? envText(set)
    : changedEnv(before, { set, remove: input.removedVariables ?? [] });
  await dokploy.change(applicationId, { env: text }, signal);
  const { columns } = await dokploy.application(applicationId, signal);
  if ((columns.env ?? "") === text) return;
  throw new AppError(
    "remote-odd",
    "Dokploy keeps other environment variables than it was sent. Somebody may have changed them at the same time; try again.",
  );
};
