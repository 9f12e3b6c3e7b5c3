import { readImage } from "#connectors/dokploy/defaults.ts";
import { text } from "#core/field-kinds.ts";
import { wrong } from "#core/fields.ts";
import type { StackDeps } from "#stacks/deps.ts";
import {
  dokployConnection,
  domains,
  health,
  keepFailed,
  newName,
  placed,
  variables,
} from "#stacks/fields.ts";
import { startDeployment } from "#stacks/start.ts";
import { kept, registry, size } from "./details.ts";
import type { StackInput } from "./input.ts";
import { readVolumes } from "./volumes.ts";

/** Asks for a name; everything else has a default, the connection's own where it has one. */
export const startStack = ({ connections }: Pick<StackDeps, "connections">) =>
  startDeployment<Asked, StackInput>({
    fields: asked(connections),
    input: async (all): Promise<StackInput> => {
      const { connection: _, env: __, healthEvery: ___, healthTimeout: ____, ...asAsked } = all;
      const { image, volumes, registryUser, registryUrl, registryPassword, ...given } = asAsked;
      const { usual, where } = await placed(connections, all);
      const chosen = image ?? usual.image;
      const toService = given.moreDomains.find(({ service }) => service !== undefined);
      if (toService !== undefined)
        throw wrong("moreDomains", `${toService.host} has “service=”, which only a compose file has.`);
      if (registryUser === "" && registryUrl !== "")
        throw wrong("registryUser", "Give the user as well, or leave the registry's address empty.");
      if (registryUser !== "" && !registryPassword)
        throw wrong("registryPassword", "Give the password as well, or leave the registry's user empty.");
      if (chosen === null) throw wrong("image", "Give a Docker image: the connection has no default one.");
      return {
        ...given,
        ...where,
        image: chosen,
        volumes: (volumes ?? readVolumes(usual.keptFolder ?? ""))(given.name),
        registry: registryUser === "" ? null : { username: registryUser, url: registryUrl || null },
      };
    },
  });

type Asked = ReturnType<typeof asked>[number];

const asked = (connections: StackDeps["connections"]) =>
  [
    dokployConnection("Where to?", connections),
    newName,
    text("image", "Docker image", {
      help: "Empty: the connection's default.",
      placeholder: async () => {
        const [only, ...others] = await connections.list("dokploy");
        return others.length === 0 ? only?.values.image || undefined : undefined;
      },
      read: (typed) => (typed === "" ? null : readImage(typed)),
    }),
    ...variables(),
    keepFailed,
    kept,
    domains,
    registry,
    size,
    health,
  ] as const;
