import { AppError } from "#core/errors.ts";
import type { DoOptions } from "#core/workflow.ts";
import { agentList, bindingList, modelStatus } from "#openclaw/answers.ts";
import { openclawLines, shellLine } from "#openclaw/command-lines.ts";
import { credentialsIn, noCredentials } from "#openclaw/model-credentials.ts";
import { type Connected, readOnNode } from "#openclaw/node.ts";
import { placesOf } from "#openclaw/places.ts";
import { traitsOf } from "#openclaw/traits.ts";
import type { BotDeps, BotInput } from "#workflows/create-bot/deps.ts";

const checks = (name: string) =>
  [
    ["agents", "list"],
    ["agents", "bindings"],
    ["models", "status", "--agent", name],
  ] as const;

/**
 * Reads everything back once more, after the restart: agent, binding, credentials, and the link where there is one. With a configuration
 * that is not valid OpenClaw would answer none of it.
 */
export const checkLinks = (deps: BotDeps): DoOptions<BotInput, Connected, { checked: string[] }> => ({
  run: (ctx) =>
    readOnNode(deps, ctx, async (node) => {
      const { name } = ctx.input;
      const [agents, bindings, auth] = checks(name);
      const { workspace, authLink } = placesOf(ctx.results.ssh, ctx.input);
      const { openclaw } = node;
      const missing = [
        (await openclaw.json(agents, agentList)).some((one) => one.id === name && one.workspace === workspace)
          ? null
          : "the agent",
        (await openclaw.json(bindings, bindingList)).some(
          (one) => one.agentId === name && one.match.accountId === name,
        )
          ? null
          : "the binding",
      ].filter((one) => one !== null);
      const { missing: provider } = credentialsIn(await openclaw.json(auth, modelStatus));
      const linked = !traitsOf(ctx.results.ssh.version).sharedAuth;
      if (linked) {
        const target = await node.shell(["readlink", "-e", authLink]);
        if (target.code !== 0) missing.push("the link to main's credentials");
      }
      if (missing.length > 0) {
        throw new AppError(
          "remote-odd",
          `After the restart ${node.ssh.name} no longer has ${missing.join(" and ")}.`,
          {
            canPass: false,
          },
        );
      }
      if (provider !== null) ctx.log(noCredentials(provider), "warn");
      return { checked: ["agent", "binding", "configuration", ...(linked ? ["link"] : [])] };
    }),
  readsOnly: true,
  plan: async (ctx) => {
    const { authLink } = placesOf(ctx.results.ssh, ctx.input);
    const linked = !traitsOf(ctx.results.ssh.version).sharedAuth;
    return {
      lines: [
        ...(await openclawLines(
          deps,
          ctx.input,
          ...checks(ctx.input.name).map((words) => [...words, "--json"]),
        )),
        ...(linked ? [shellLine(["readlink", "-e", authLink])] : []),
      ],
      result: { checked: [] },
    };
  },
  detail: ({ checked }) => `Still there: ${checked.join(", ")}`,
  stopWithinMs: 12_000,
  weightMs: 5_000,
});
