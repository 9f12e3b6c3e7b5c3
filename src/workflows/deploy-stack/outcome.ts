import type { Outcome } from "#core/run.ts";
import type { StackInput } from "./input.ts";
import type { Configured } from "./steps/configuring-application.ts";
import type { UsedApplication } from "./steps/creating-application.ts";
import type { UsedDomain } from "./steps/creating-domain.ts";
import type { UsedProject } from "./steps/creating-project.ts";
import type { UsedEnvironment } from "./steps/getting-environment.ts";
import type { Healthy } from "./steps/verifying-health.ts";

interface StackResults {
  "creating-project": UsedProject;
  "getting-environment": UsedEnvironment;
  "creating-application": UsedApplication;
  "configuring-application": Configured;
  "creating-domain": UsedDomain;
  "verifying-health": Healthy;
}

/** What the run hands over: where the stack is, and what of it this run made. */
export const outcome = (input: StackInput, results: StackResults): Outcome => {
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
        label: "Application",
        value: resource(application.name, application.applicationId, application.made),
      },
      { label: "Domain", value: resource(domain.host, domain.domainId, domain.made) },
      ...(domain.more ?? []).map(({ url }) => ({ label: "Domain", value: url })),
      { label: "Image", value: results["configuring-application"].image },
      ...keptOf(results["configuring-application"]),
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

const keptOf = ({ kept }: Configured) =>
  kept === undefined
    ? []
    : [
        {
          label: "Kept through updates",
          value: kept.length === 0 ? "nothing; it has no volume" : kept.join(", "),
        },
      ];

const resource = (name: string, id: string, made: boolean): string =>
  `${name} (${id})${made ? ", made by this run" : ""}`;
