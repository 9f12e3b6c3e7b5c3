import { newVolumeBody } from "#connectors/dokploy/bodies.ts";
import { says, sends } from "#core/plan-line.ts";
import type { UndoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { openFormer } from "#stacks/former.ts";
import { putBack } from "#stacks/put-back.ts";
import { idOf, type UsedService } from "#stacks/service.ts";
import type { UsedProject } from "#stacks/steps/creating-project.ts";
import { changesOf, setVariables, shownVariables } from "#stacks/variables.ts";
import type { StackInput } from "#workflows/deploy-stack/input.ts";
import { settingsOf } from "#workflows/deploy-stack/settings.ts";
import { addVolumes, missingVolumes, nothingKept, toldVolume } from "#workflows/deploy-stack/volumes.ts";

export interface Configured {
  image: string;
  /** What the application ran before; null: nothing. */
  previousImage: string | null;
  /** Folders of the container that outlive it; left out by runs of earlier versions. */
  kept?: string[];
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedService };
type Secret = "env" | "registryPassword";

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
    const used = results["creating-application"];
    const applicationId = idOf(used);
    const { former } = used;
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
    await dokploy.change(used, { sourceType: "docker", dockerImage: input.image }, signal);
    log(`The image is ${input.image}${previousImage === null ? "" : `; it was ${previousImage}`}.`);
    parts.end(imagePart);
    for (const { part, columns: wanted, says: said } of settings) {
      parts.begin(part);
      await dokploy.change(used, wanted, signal);
      log(said);
      parts.end(part);
    }
    if (changes !== null) {
      parts.begin(variablesPart);
      await setVariables(dokploy, used, columns.env ?? "", { input, signal, env: () => ctx.secret("env") });
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
  undo: (ctx: UndoContext<StackInput, Earlier, Configured>) =>
    putBack(deps, ctx, {
      isOurs: ({ dockerImage }) => dockerImage === ctx.input.image,
      told: ({ dockerImage }) => dockerImage ?? "no image",
      mounts: (all) =>
        all.filter(({ volumeName, mountPath }) =>
          (ctx.input.volumes ?? []).some(({ name, path }) => name === volumeName && path === mountPath),
        ),
    }),
  plan: async ({ input, results, signal }) => {
    const dokploy = await deps.connect(input.connectionId);
    const used = results["creating-application"];
    const applicationId = idOf(used);
    const { made } = used;
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
    if (changes !== null) lines.push(says(changes), shownVariables(dokploy, used, input));
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

/** What the outcome says of it. */
export const factsOf = ({ image, kept }: Configured) => [
  { label: "Image", value: image },
  ...(kept === undefined
    ? []
    : [
        {
          label: "Kept through updates",
          value: kept.length === 0 ? "nothing; it has no volume" : kept.join(", "),
        },
      ]),
];
