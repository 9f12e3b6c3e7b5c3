import type { Outcome } from "#core/run.ts";
import type { StackBase } from "./input.ts";
import { idOf, type UsedService } from "./service.ts";
import type { UsedDomain } from "./steps/creating-domain.ts";
import type { UsedProject } from "./steps/creating-project.ts";
import type { UsedEnvironment } from "./steps/getting-environment.ts";
import type { Healthy } from "./steps/verifying-health.ts";

interface StackResults {
  "creating-project": UsedProject;
  "getting-environment": UsedEnvironment;
  "creating-application": UsedService;
  "creating-domain": UsedDomain;
  "verifying-health": Healthy;
}

/** What a run hands over: where the stack is, what of it this run made, and the facts that its kind adds. */
export const outcome = (
  input: StackBase,
  results: StackResults,
  more: readonly { label: string; value: string }[],
): Outcome => {
  const project = results["creating-project"];
  const environment = results["getting-environment"];
  const application = results["creating-application"];
  const domain = results["creating-domain"];
  return {
    sentence: sentenceOf(
      `“${input.name}” is ${project.made ? "deployed" : "updated"}`,
      domain.origin,
      results["verifying-health"],
    ),
    links: [{ label: `Open ${domain.host}`, href: `${domain.origin}/` }],
    facts: [
      { label: "Project", value: resource(project.name, project.projectId, project.made) },
      {
        label: "Environment",
        value: resource(environment.name, environment.environmentId, environment.made === true),
      },
      {
        label: "composeId" in application ? "Compose service" : "Application",
        value: resource(application.name, idOf(application), application.made),
      },
      ...(input.server == null ? [] : [{ label: "Server", value: input.server }]),
      { label: "Domain", value: resource(domain.host, domain.domainId, domain.made) },
      ...(domain.more ?? []).map(({ url }) => ({ label: "Domain", value: url })),
      ...more,
    ],
  };
};

const sentenceOf = (what: string, origin: string, { url, status, container }: Healthy): string => {
  const answers =
    status === null
      ? `${what}, but a certificate is missing: ${url} could not be looked at.`
      : `${what}: ${origin} answers with ${status}.`;
  // Runs of earlier versions looked at no containers.
  return container === null || container === undefined
    ? `${answers} Which version answered cannot be told with this API key.`
    : answers;
};

const resource = (name: string, id: string, made: boolean): string =>
  `${name} (${id})${made ? ", made by this run" : ""}`;
