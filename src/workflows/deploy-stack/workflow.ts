import { workflow } from "#core/workflow.ts";
import { type StackDeps, type StackHost, stackDeps } from "#stacks/deps.ts";
import { throughOutages, throughShortOutages } from "#stacks/outages.ts";
import { outcome } from "#stacks/outcome.ts";
import { createDomain } from "#stacks/steps/creating-domain.ts";
import { createProject } from "#stacks/steps/creating-project.ts";
import { createService } from "#stacks/steps/creating-service.ts";
import { deployStack as deploy } from "#stacks/steps/deploying.ts";
import { getEnvironment } from "#stacks/steps/getting-environment.ts";
import { initialize } from "#stacks/steps/initializing.ts";
import { verifyHealth } from "#stacks/steps/verifying-health.ts";
import { swarmContainers } from "./containers.ts";
import type { StackInput } from "./input.ts";
import { startStack } from "./start.ts";
import { configureApplication, factsOf } from "./steps/configuring-application.ts";

const place = ["connectionId", "name"] as const;
const where = [...place, "environment", "server"] as const;
const configured = [
  ...["image", "variables", "removedVariables", "replaceVariables", "env", "volumes"],
  ...["registry", "registryPassword", "replicas", "memoryMb", "command"],
] as const;
const address = [
  ...[...place, "domainSuffix", "port", "https", "publicPort"],
  ...["certificate", "moreDomains"],
] as const;

export default (host: StackHost) => deployStack(stackDeps(host));

/** Deploys a stack to Dokploy, from the project to a page that answers; what it made is removed again when it fails. */
export const deployStack = (deps: StackDeps) => {
  const patient = throughOutages(deps);
  return workflow(
    "deploy-stack",
    "Deploy a stack",
    "Give a name; Milepost sets up project, application and domain in Dokploy, deploys the image, and looks until its page answers. If it fails, what it made is removed again.",
    startStack(deps),
  )
    .do("initializing", "Initialize", {
      ...initialize<StackInput>(deps, ({ volumes = [] }) => (volumes.length > 0 ? ["volume.create"] : [])),
      ...throughShortOutages(deps),
      uses: [...address, "server"],
    })
    .do("creating-project", "Create the project", { ...createProject(deps), ...patient, uses: place })
    .do("getting-environment", "Get the environment", {
      ...getEnvironment(deps),
      ...patient,
      uses: [...place, "environment"],
    })
    .do("creating-application", "Create the application", {
      ...createService(deps, "application"),
      ...patient,
      uses: where,
    })
    .do("configuring-application", "Configure the application", {
      ...configureApplication(deps),
      ...patient,
      uses: [...place, ...configured],
    })
    .do("creating-domain", "Create the domain", { ...createDomain(deps), ...patient, uses: address })
    .wait("deploying", "Deploy", { ...deploy(deps), uses: [...address, ...configured] })
    .wait("verifying-health", "Verify that it is healthy", {
      ...verifyHealth(deps, swarmContainers(deps)),
      uses: [...address, ...configured, "healthPath", "healthEveryMs", "healthTimeoutMs", "loginIsHealthy"],
    })
    .hands((input, results) => outcome(input, results, factsOf(results["configuring-application"])));
};
