import { secret, text } from "#core/field-kinds.ts";
import { group, wrong } from "#core/fields.ts";
import type { StackDeps } from "#stacks/deps.ts";
import {
  dokployConnection,
  domains,
  environment,
  health,
  keepFailed,
  newName,
  placed,
  server,
  variables,
} from "#stacks/fields.ts";
import { startDeployment } from "#stacks/start.ts";
import { type ComposeFile, type ComposeService, field, readComposeFile } from "./compose-file.ts";
import { composeVariableNames } from "./compose-variables.ts";
import type { ComposeInput } from "./input.ts";
import { longestFile } from "./yaml-text.ts";

/** Compose files of thousands of lines are rare, and what is read must not hold up others. */

/** Asks for a name and a file; what the file would make is part of the run's input. */
export const startCompose = ({ connections }: Pick<StackDeps, "connections">) =>
  startDeployment<Asked, ComposeInput>({
    fields: asked(connections),
    input: async (all): Promise<ComposeInput> => {
      const { connection: _, env: __, healthEvery: ___, healthTimeout: ____, ...given } = all;
      const { composeFile: file, pageOf: asked, port, ...rest } = given;
      const page = servicePage(file, asked);
      const listens = page.listens.length === 1 ? (page.listens[0] ?? null) : null;
      const { where } = await placed(connections, { ...all, port: port ?? listens });
      for (const { host, service } of rest.moreDomains)
        if (service !== undefined) servicePage(file, service, `${host} leads to “${service}”, but`);
      return { ...rest, ...where, file, pageOf: page.name };
    },
  });

type Asked = ReturnType<typeof asked>[number];

const asked = (connections: StackDeps["connections"]) =>
  [
    dokployConnection("Where to?", connections),
    newName,
    secret(field, "Compose file", {
      help: "The text of a docker-compose.yml, kept sealed because it may hold passwords. What it would make is shown before anything is made, and what of it reaches the server itself is asked for.",
      required: true,
      multiline: true,
      longest: longestFile,
      tells: readComposeFile,
      // Variables, which are in capitals, and whatever is called a password: as “NAME: value”, “- NAME=value” or “name: value”.
      hides:
        /^[ \t]*(?:-[ \t]*)?["']?(?:[A-Z][A-Z0-9_]*|[\w.-]*(?:pass|secret|token|key|credential)[\w.-]*)["']?[ \t]*[:=][ \t]*["']?([^\n"']+)/gm,
    }),
    text("pageOf", "Service that shows the page", {
      help: "As it is called in the file. Empty: the only one there is.",
    }),
    ...variables(composeVariableNames),
    keepFailed,
    domains,
    group("Place", [environment, server]),
    health,
  ] as const;

/** Throws AppError("bad-input") that names those there are. */
const servicePage = ({ services }: ComposeFile, name: string, lead?: string): ComposeService => {
  const started = services.filter(({ dormant }) => !dormant);
  const [only, ...others] = started;
  const at = lead === undefined ? "pageOf" : "moreDomains";
  const names = started.map((one) => `“${one.name}”`).join(", ");
  const found = name === "" && others.length === 0 ? only : started.find((service) => service.name === name);
  if (found === undefined)
    throw wrong(
      at,
      name === ""
        ? `Say which service shows the page. There are ${names}.`
        : `${lead === undefined ? "" : `${lead} `}the file has no service “${name}” that is started. There are ${names}.`,
    );
  if (found.unreachable)
    throw wrong(
      at,
      `Dokploy's router does not reach “${found.name}”, because it has another network (network_mode).`,
    );
  return found;
};
