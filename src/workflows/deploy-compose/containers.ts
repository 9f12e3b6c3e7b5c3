import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import type { WaitContext } from "#core/step-context.ts";
import { containersIfAllowed } from "#stacks/deployment.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { openFormer } from "#stacks/former.ts";
import type { UsedService } from "#stacks/service.ts";
import type { Deployed } from "#stacks/steps/deploying.ts";
import type { Containers } from "#stacks/steps/verifying-health.ts";
import { imagesOf } from "./compose-file.ts";
import type { ComposeInput } from "./input.ts";
import { turnoverOf } from "./turnover.ts";

type Context = Pick<
  WaitContext<ComposeInput, { "creating-application": UsedService; deploying: Deployed }>,
  "input" | "results" | "runId" | "signal"
>;

/** The containers of a compose service, each in the place that the file gives it. */
export const composeContainers = ({
  monitorMs,
  secrets,
}: Pick<StackDeps, "monitorMs" | "secrets">): Containers<ComposeInput> => ({
  async look(dokploy, { input, results, runId, signal }: Context) {
    const { replaces } = results.deploying;
    if (replaces === null) return null;
    const used = results["creating-application"];
    const containers = await containersIfAllowed(dokploy, used, signal);
    if (containers === null) return null;
    const before = used.former === null ? null : openFormer(secrets, runId, used.former).columns.composeFile;
    const former = imagesOf(before ?? "");
    const changed = input.file.services.filter(({ name, image }) => {
      const was = former.get(name);
      return was !== undefined && was !== image;
    });
    return turnoverOf(containers, {
      appName: used.appName,
      services: input.file.services,
      replaces,
      changed: new Set(changed.map(({ name }) => name)),
      monitorMs,
    });
  },
  /** Of one that does not run as it should, else of the one that shows the page. */
  async output(dokploy: Dokploy, { input, results, signal }: Context) {
    const used = results["creating-application"];
    if (!("composeId" in used)) return [];
    const containers = await dokploy.containers(used, signal);
    const one =
      containers.find(({ state }) => state !== "running") ??
      containers.find(({ name }) => name.startsWith(`${used.appName}-${input.pageOf}-`));
    return one === undefined ? [] : dokploy.composeLog(used.composeId, one.name, signal);
  },
  plan: "Looks whether each service of the file has its containers, and whether they run and stay.",
});
