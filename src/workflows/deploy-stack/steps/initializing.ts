import { says } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { originOf } from "#workflows/deploy-stack/part-names.ts";

export interface Initialized {
  host: string;
  projects: number;
}

/** Asks Dokploy something harmless first, so that a wrong key or address stops the run before anything is made. */
export const initialize = (deps: StackDeps): DoOptions<StackInput, object, Initialized> => {
  const look = async ({
    input,
    signal,
  }: {
    input: StackInput;
    signal: AbortSignal;
  }): Promise<Initialized> => {
    const dokploy = await deps.connect(input.connectionId);
    return { host: dokploy.baseUrl.host, projects: (await dokploy.projects(signal)).length };
  };
  return {
    run: look,
    readsOnly: true,
    plan: async (ctx) => {
      const result = await look(ctx);
      return {
        lines: [
          says(`Checks that ${result.host} answers and accepts the API key; it does now.`),
          says(
            `The stack will be reached at ${originOf(ctx.input)}; if it fails, ${ctx.input.keepFailed ? "what was made is kept" : "what was made is removed again"}.`,
          ),
        ],
        result,
      };
    },
    detail: ({ host, projects }) => `${host} answers; ${projects} project${projects === 1 ? "" : "s"} there`,
    weightMs: 500,
  };
};
