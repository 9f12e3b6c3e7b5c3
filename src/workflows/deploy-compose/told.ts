import type { ComposeFile } from "./compose-file.ts";

/** What a file makes, a line for each service and volume. */
export const toldOf = ({ services, volumes }: Pick<ComposeFile, "services" | "volumes">): string[] => [
  ...services
    .filter(({ dormant }) => !dormant)
    .map(({ name, image, containers, ports, mounts }) =>
      [
        `the service “${name}” from ${image}${containers === 1 ? "" : `, ${containers} containers`}`,
        ...ports.map((port) => `with ${port}`),
        ...mounts.map((mount) => `with ${mount}`),
      ].join(", "),
    ),
  ...volumes.map((name) => `the volume “${name}”, which stays when the stack is removed`),
];
