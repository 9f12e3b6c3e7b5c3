interface Named {
  name: string;
}

interface Addressed extends Named {
  domainSuffix: string;
  https: boolean;
  /** Where people reach it, when it is not the scheme's usual port. */
  publicPort: number | null;
}

/** How a stack's parts are called, as the stack deployer that this workflow replaces called them. */
export const projectName = ({ name }: Named): string => `ai-stack-${name}`;
export const applicationName = ({ name }: Named): string => `opencode-${name}`;
export const hostOf = ({ name, domainSuffix }: Pick<Addressed, "name" | "domainSuffix">): string =>
  `${name}.${domainSuffix}`;

/** Where people reach the stack, without a slash at the end. */
export const originOf = (input: Addressed): string =>
  `${input.https ? "https" : "http"}://${hostOf(input)}${input.publicPort === null ? "" : `:${input.publicPort}`}`;

/** Stands in the description of all that a run makes and in the title of its deployments, so that they are found again. */
export const markOf = (runId: string): string => `Milepost run ${runId}`;

export const describe = ({ name }: Named, runId: string): string =>
  `AI Stack for ${name}. Created by ${markOf(runId)}.`;

/** Whether a description says that this run made it. */
export const isOurs = (description: string | null, runId: string): boolean =>
  description?.includes(`${markOf(runId)}.`) ?? false;

/** Stands in the title of the deployment by which an undo puts back what was there before. */
export const undoMarkOf = (runId: string): string => `Undo of Milepost ${runId}`;
