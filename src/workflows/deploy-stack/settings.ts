import type { Columns } from "#connectors/dokploy/dokploy.ts";
import { plural } from "#core/plural.ts";
import type { StackInput } from "./input.ts";

/** A set of columns that are changed together, and what is said of it. */
export interface Setting {
  part: string;
  columns: Partial<Columns>;
  /** The same for a plan: without secrets. */
  shown: Partial<Columns>;
  says: string;
}

/** What a run sets besides image and variables. `password` is asked for only when there is a registry. */
export const settingsOf = (input: StackInput, password: () => string): Setting[] => [
  ...registryOf(input, password),
  ...sizeOf(input),
];

const registryOf = ({ registry, image }: StackInput, password: () => string): Setting[] => {
  if (registry === null || registry === undefined) return [];
  const registryUrl = registry.url ?? registryIn(image);
  const shown = { username: registry.username, registryUrl };
  return [
    {
      part: "Registry credentials",
      columns: { ...shown, password: password() },
      shown: { ...shown, password: "•••" },
      says: `Pulls the image as ${registry.username} from ${registryUrl ?? "Docker Hub"}.`,
    },
  ];
};

/** The host in an image's name, as Docker tells it apart; null: Docker Hub. */
export const registryIn = (image: string): string | null => {
  const [first = "", ...others] = image.split("/");
  return others.length > 0 && (/[.:]/.test(first) || first === "localhost") ? first : null;
};

const bytesPerMb = 1024 * 1024;

const sizeOf = ({ replicas, memoryMb, command }: StackInput): Setting[] => {
  const columns: Partial<Columns> = {
    ...(replicas != null && { replicas }),
    ...(memoryMb != null && { memoryLimit: String(memoryMb * bytesPerMb) }),
    ...(command != null && { command }),
  };
  if (Object.keys(columns).length === 0) return [];
  const said = [
    ...(replicas == null ? [] : [plural(replicas, "container")]),
    ...(memoryMb == null ? [] : [`at most ${memoryMb} MB of memory each`]),
    ...(command == null ? [] : [`the command “${command}”`]),
  ];
  return [{ part: "Size and command", columns, shown: columns, says: `Sets ${said.join(", ")}.` }];
};
