import type { Dokploy } from "#connectors/dokploy/dokploy.ts";
import { lacks } from "#connectors/dokploy/key-owner.ts";
import { type Preflight, preflight } from "#connectors/dokploy/preflight.ts";
import { type Right, toMake, toRemove, wordsOf } from "#connectors/dokploy/rights.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { plural } from "#core/plural.ts";
import type { StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { domainsOf, type WantedDomain } from "#stacks/domains.ts";
import { findServer } from "#stacks/find-server.ts";
import type { StackBase } from "#stacks/input.ts";
import { originOf, projectName } from "#stacks/part-names.ts";

export interface Initialized {
  host: string;
  projects: number;
  version: string | null;
}

type Context<I = StackBase> = Pick<StepContext<I, object>, "input" | "signal">;

/**
 * Asks what only reads, so that a wrong key, a missing right or a name that leads nowhere stops the run before anything is made. `more`: the
 * rights that only some stacks of its kind need.
 */
export const initialize = <I extends StackBase>(
  deps: StackDeps,
  more: (input: I) => readonly Right[] = () => [],
): DoOptions<I, object, Initialized> => {
  const look = async (ctx: Context<I>): Promise<Initialized & { warnings: string[] }> => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = await preflight(dokploy, ctx.signal);
    await assertRights(dokploy, found, more(ctx.input), ctx);
    if (ctx.input.server != null) await findServer(dokploy, ctx.input.server, ctx.signal);
    const warnings = [...found.warnings];
    for (const domain of domainsOf(ctx.input)) warnings.push(...(await lookUp(dokploy, domain, ctx.signal)));
    return { host: dokploy.baseUrl.host, projects: found.projects, version: found.version, warnings };
  };
  return {
    run: async (ctx) => {
      const { warnings, ...result } = await look(ctx);
      for (const warning of warnings) ctx.log(warning, "warn");
      return result;
    },
    readsOnly: true,
    plan: async (ctx) => {
      const { warnings, ...result } = await look(ctx);
      return {
        lines: [
          says(`Checks that ${result.host} answers and accepts the API key; it does now.`),
          ...warnings.map(says),
          says(
            `The stack will be reached at ${originOf(ctx.input)}; if it fails, ${ctx.input.keepFailed ? "what was made is kept" : "what was made is removed again and what was changed is put back"}.`,
          ),
        ],
        result,
      };
    },
    detail: ({ host, projects, version }) =>
      `${host} answers${version === null ? "" : ` (${version})`}; this key sees ${plural(projects, "project")}`,
    weightMs: 500,
  };
};

/** Refused here rather than when half of the stack is there. */
const assertRights = async (
  dokploy: Dokploy,
  { owner }: Preflight,
  more: readonly Right[],
  { input, signal }: Context,
): Promise<void> => {
  const project = (await dokploy.projects(signal)).find(({ name }) => name === projectName(input));
  const isThere = project?.environments.some(({ name }) => name === (input.environment ?? name)) ?? false;
  const environment = input.environment != null && input.environment !== "production" && !isThere;
  const needed = [
    ...toMake,
    ...more,
    ...(environment ? (["environment.create"] as const) : []),
    ...(input.keepFailed ? [] : toRemove),
    ...(environment && !input.keepFailed ? (["environment.delete"] as const) : []),
  ];
  const missing = lacks(owner, needed).filter(
    (right) => project === undefined || !right.startsWith("project."),
  );
  if (missing.length === 0) return;
  const keep = missing.every((right) => right.endsWith(".delete")) ? ", or keep a stack that failed" : "";
  throw new AppError(
    "remote-refused",
    `The API key's owner may not ${wordsOf(missing)}, so this run could not make its stack or remove it again when it fails. Give that user the right in Dokploy${keep}.`,
  );
};

/** Let's Encrypt is asked once when the domain is added, so a name that leads nowhere would stay without a certificate. */
const lookUp = async (
  dokploy: Dokploy,
  { host, https, certificate }: WantedDomain,
  signal: AbortSignal,
): Promise<string[]> => {
  // Browsers and this server take these for themselves, whatever name servers say (RFC 6761).
  if (host.endsWith(".localhost")) return [];
  let looked: { found: boolean; said: string };
  try {
    looked = await dokploy.lookUp(host, signal);
  } catch (thrown) {
    // Older servers do not know the call.
    if (thrown instanceof AppError && thrown.code === "not-found") return [];
    throw thrown;
  }
  if (looked.found) return [];
  const why = `${host} does not lead to the Dokploy server: “${looked.said}”.`;
  // Other resolvers and certificates of one's own need no name server that answers yet.
  if (!https || certificate.from !== "letsencrypt") return [why];
  throw new AppError(
    "conflict",
    `${why} Without that no certificate is issued, and Dokploy asks for one only once. Add a DNS record, then try again.`,
  );
};
