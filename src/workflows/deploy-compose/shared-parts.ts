import { entries, type Found, isNo, isOpen, type Mapping, mapping, text } from "./found.ts";

/** A volume at the top of the file. */
export interface NamedVolume {
  name: string;
  /** Whether it is this stack's own and stays when its containers go. */
  kept: boolean;
}

/** Named volumes; one that is somebody else's, or only another word for a folder of the server, is to be agreed to. */
export const readVolumes = ({ volumes }: Mapping, found: Found): NamedVolume[] =>
  entries(volumes).map(([name, raw]) => {
    const path = ["volumes", name];
    const volume = mapping(raw) ?? {};
    if (!isNo(volume.external) || volume.name !== undefined)
      found.reach(path, `The volume “${name}” is one of the server's own, which another stack may use too.`);
    if (volume.driver_opts !== undefined || (volume.driver !== undefined && volume.driver !== "local"))
      found.reach(
        path,
        `The volume “${name}” has options of its own, by which it can be any folder of the server.`,
      );
    return { name, kept: isNo(volume.external) };
  });

/** Names of its networks. */
export const readNetworks = ({ networks }: Mapping, found: Found): string[] =>
  entries(networks).map(([name, raw]) => {
    const path = ["networks", name];
    const network = mapping(raw) ?? {};
    const called = text(network.name) || name;
    const foreign = !isNo(network.external) || network.name !== undefined;
    if (foreign && called !== "dokploy-network")
      found.reach(path, `The network “${called}” is one of the server's own, in which other stacks may be.`);
    if (isOpen(network.driver) || !["bridge", "overlay", ""].includes(text(network.driver)))
      found.reach(
        path,
        `The network “${name}” has the driver “${text(network.driver)}”, which can reach the server's own.`,
      );
    return name;
  });

const harmless: ReadonlySet<string> = new Set(["version", "name", "services", "volumes", "networks"]);

/** Everything else at the top of a file. */
export const reachOfFile = (file: Mapping, found: Found): void => {
  for (const [key, value] of Object.entries(file)) {
    if (harmless.has(key) || key.startsWith("x-")) continue;
    if (key === "include")
      found.refuse(
        ["include"],
        "the file includes others, and Dokploy has only this one. Paste them into it.",
      );
    else if (key === "configs" || key === "secrets") readFiles(key, value, found);
    else found.reach([key], `The file has “${key}”, which Milepost does not know.`);
  }
};

const readFiles = (kind: string, value: unknown, found: Found): void => {
  for (const [name, raw] of entries(value)) {
    const { file, external } = mapping(raw) ?? {};
    const path = [kind, name];
    if (!isNo(external)) found.reach(path, `“${name}” of ${kind} is one of the server's own.`);
    if (file === undefined) continue;
    const from = text(file);
    if (isOpen(from) || from.startsWith("/") || from.startsWith("~"))
      found.reach(path, `“${name}” of ${kind} is the server's own file ${from}.`);
    else
      found.refuse(
        path,
        `“${name}” of ${kind} is the file ${from}, which Dokploy does not have. Put its text under “content:”.`,
      );
  }
};
