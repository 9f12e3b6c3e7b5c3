import { workflow } from "#core/workflow.ts";
import { type StackDeps, type StackHost, stackDeps } from "#stacks/deps.ts";
import { throughOutages, throughShortOutages } from "#stacks/outages.ts";
import { outcome } from "#stacks/outcome.ts";
import { createDomain } from "#stacks/steps/creating-domain.ts";
import { createProject } from "#stacks/steps/creating-project.ts";
import { createService } from "#stacks/steps/creating-service.ts";
import { deployStack } from "#stacks/steps/deploying.ts";
import { getEnvironment } from "#stacks/steps/getting-environment.ts";
import { initialize } from "#stacks/steps/initializing.ts";
import { verifyHealth } from "#stacks/steps/verifying-health.ts";
import { composeContainers } from "./containers.ts";
import { startCompose } from "./start.ts";
import { approveFile } from "./steps/approving.ts";
import { configureCompose, factsOf } from "./steps/configuring-compose.ts";

export const offeredAfter = "deploy-stack";

export default (host: StackHost) => deployCompose(stackDeps(host));

/** Deploys all that a compose file names, in the same steps as a stack of one image: what they share has the same names. */
export const deployCompose = (deps: StackDeps) => {
  const patient = throughOutages(deps);
  return workflow(
    "deploy-compose",
    "Deploy a compose file",
    "Paste a docker-compose.yml; Milepost shows what it would make, asks about what reaches the server itself, deploys it to Dokploy, and looks until every service runs and its page answers. If it fails, what it made is removed again.",
    startCompose(deps),
  )
    .do("initializing", "Initialize", { ...initialize(deps), ...throughShortOutages(deps) })
    .approve("approving", "Agree to what the file reaches", approveFile)
    .do("creating-project", "Create the project", { ...createProject(deps), ...patient })
    .do("getting-environment", "Get the environment", { ...getEnvironment(deps), ...patient })
    .do("creating-application", "Create the compose service", {
      ...createService(deps, "compose"),
      ...patient,
    })
    .do("configuring-application", "Set file and variables", { ...configureCompose(deps), ...patient })
    .do("creating-domain", "Create the domain", { ...createDomain(deps), ...patient })
    .wait("deploying", "Deploy", deployStack(deps))
    .wait("verifying-health", "Verify that it is healthy", verifyHealth(deps, composeContainers(deps)))
    .hands((input, results) => outcome(input, results, factsOf(results["configuring-application"])));
};
