import type { Dokploy, Mount } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { wrong } from "#core/fields.ts";
import type { Volume } from "./input.ts";

/**
 * Lines of "/workspace" or "name:/workspace"; without a name a volume is called after the folder and the stack, so that the stack finds
 * it again after it was removed and made anew. Throws AppError("bad-input").
 */
export const readVolumes =
  (typed: string) =>
  (stack: string): Volume[] => {
    const volumes = typed
      .split(/[\n,]/)
      .map((line) => line.trim())
      .filter((line) => line !== "")
      .map((line) => readVolume(line, stack));
    const twice = volumes.find(({ path }, index) =>
      volumes.some((one, at) => at < index && one.path === path),
    );
    if (twice === undefined) return volumes;
    throw wrong("volumes", `${twice.path} is listed twice. Remove one of the two lines.`);
  };

const readVolume = (line: string, stack: string): Volume => {
  const [, named, path = ""] = /^(?:([A-Za-z0-9][\w.-]{1,62}):)?(\/[\w./-]*[\w])\/?$/.exec(line) ?? [];
  if (path === "" || path.split("/").some((part) => part === "." || part === ".."))
    throw wrong("volumes", `“${line}” is no volume. A line looks like /workspace or name:/workspace`);
  return { name: named ?? `${path.split("/").at(-1)}-${stack}`, path };
};

export const toldVolume = ({ name, path }: Volume): string => `${path} in the volume “${name}”`;

/** What is lost with the next update, in words; null when something is kept. */
export const nothingKept = (mounts: readonly unknown[]): string | null =>
  mounts.length > 0
    ? null
    : "The stack has no volume, so what its container writes is lost with each update. “Volumes” in the form of the next deployment keeps a folder.";

/** Those that are not mounted yet. Throws AppError("conflict") when something else is mounted there. */
export const missingVolumes = (wanted: readonly Volume[], mounts: readonly Mount[]): Volume[] =>
  wanted.filter(({ name, path }) => {
    const there = mounts.find(({ mountPath }) => mountPath === path);
    if (there === undefined) return true;
    if (there.type === "volume" && there.volumeName === name) return false;
    const what = there.volumeName === null ? `a ${there.type}` : `the volume “${there.volumeName}”`;
    throw new AppError(
      "conflict",
      `${path} of the application is ${what} already. Give that name, another folder, or remove the mount in Dokploy.`,
      { field: "volumes" },
    );
  });

/** Looks again after each, because what Dokploy keeps is what the container gets. */
export const addVolumes = async (
  dokploy: Dokploy,
  applicationId: string,
  wanted: readonly Volume[],
  signal: AbortSignal,
): Promise<void> => {
  for (const { name, path } of missingVolumes(
    wanted,
    (await dokploy.application(applicationId, signal)).mounts,
  ))
    await dokploy.addVolume(applicationId, { volumeName: name, mountPath: path }, signal);
  const [missing] = missingVolumes(wanted, (await dokploy.application(applicationId, signal)).mounts);
  if (missing === undefined) return;
  throw new AppError("remote-odd", `Dokploy does not list ${toldVolume(missing)} after it was added.`);
};
