import { newDomainBody } from "#connectors/dokploy/client.ts";
import type { Dokploy, Domain } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { DoContext, StepContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps, StackInput } from "#workflows/deploy-stack/deps.ts";
import { notYet } from "#workflows/deploy-stack/not-yet.ts";
import { hostOf, originOf } from "#workflows/deploy-stack/part-names.ts";
import { openPatiently } from "#workflows/deploy-stack/patient.ts";
import { assertFree, sameHost } from "#workflows/deploy-stack/taken.ts";
import { assertUndoable } from "#workflows/deploy-stack/undoable.ts";
import type { UsedApplication } from "./creating-application.ts";
import type { UsedProject } from "./creating-project.ts";

export interface UsedDomain {
  domainId: string;
  host: string;
  /** Where people reach the stack, without a slash at the end. */
  origin: string;
  /** Whether this run made it; what others made is never removed. */
  made: boolean;
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedApplication };
type Context = StepContext<StackInput, Earlier>;

/**
 * Leads the stack's host to the application. Dokploy would accept a host that another application uses, so that is looked up first.
 * A domain has no description; a run knows its own because it was not there when the application was looked up.
 */
export const createDomain = (deps: StackDeps): DoOptions<StackInput, Earlier, UsedDomain> => ({
  run: async (ctx) => {
    const { input, signal, progress } = ctx;
    const { dokploy } = await openPatiently(deps, input.connectionId, ctx);
    const found = await findDomain(dokploy, ctx);
    if (found !== null) {
      const result = used(found, ctx);
      return result.made ? result : new Skip(existsAlready(found, input), result);
    }
    await assertFree(dokploy, ctx, (done, total) => progress(done, total, "applications looked at"));
    const wish = wishOf(ctx);
    ctx.log(`Nothing that this API key sees uses ${wish.host}; adding it.`);
    return used(await dokploy.createDomain(wish, signal), ctx);
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = await findDomain(dokploy, ctx);
    return found !== null && isMade(found, ctx)
      ? {
          happened: true,
          result: used(found, ctx),
          checked: `The application has the domain ${found.host} now.`,
        }
      : { happened: false, checked: "The application has no domain of this run." };
  },
  undo: async (ctx) => {
    const { dokploy } = await openPatiently(deps, ctx.results["creating-project"].connectionId, ctx);
    await assertUndoable(dokploy, ctx);
    const ours = await ownDomains(dokploy, ctx);
    for (const { domainId } of ours) await dokploy.removeDomain(domainId, ctx.signal);
    const [still] = ours.length === 0 ? [] : await ownDomains(dokploy, ctx);
    if (still !== undefined) {
      throw new AppError(
        "remote-odd",
        `Dokploy still lists the domain ${still.host} (${still.domainId}) after it was removed. Look into Dokploy, then undo again.`,
      );
    }
    ctx.log(ours.length === 0 ? "No domain of this run is there." : `Removed the domain ${ours[0]?.host}.`);
  },
  plan: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const found = ctx.results["creating-application"].made ? null : await findDomain(dokploy, ctx);
    if (found !== null) return { lines: [], skip: existsAlready(found, ctx.input), result: used(found, ctx) };
    await assertFree(dokploy, ctx, () => {});
    const wish = wishOf(ctx);
    return {
      lines: [
        says(`Leads ${wish.host} to the application; nothing else that this API key sees uses that host.`),
        sends(dokploy.request("domain.create", newDomainBody(wish))),
      ],
      result: { domainId: notYet, host: wish.host, origin: originOf(ctx.input), made: true },
    };
  },
  detail: ({ host, domainId }) => `Added ${host} (${domainId})`,
  weightMs: 1_500,
});

const wishOf = ({ input, results }: Pick<Context, "input" | "results">) => ({
  host: hostOf(input),
  port: input.port,
  https: input.https,
  applicationId: results["creating-application"].applicationId,
});

const isMade = ({ domainId }: Domain, { results }: Pick<Context, "results">): boolean =>
  !results["creating-application"].domainsBefore.includes(domainId);

const used = (domain: Domain, ctx: Pick<Context, "input" | "results">): UsedDomain => ({
  domainId: domain.domainId,
  host: domain.host,
  origin: originOf({ ...ctx.input, https: domain.https }),
  made: isMade(domain, ctx),
});

const findDomain = async (
  dokploy: Dokploy,
  { input, results, signal }: Pick<Context, "input" | "results" | "signal">,
): Promise<Domain | null> => {
  const domains = await dokploy.domains(results["creating-application"].applicationId, signal);
  const found = domains.find(({ host, path }) => path === "/" && sameHost(host, hostOf(input)));
  if (found === undefined || found.enabled) return found ?? null;
  throw new AppError(
    "conflict",
    `The application's domain ${found.host} is switched off in Dokploy, so it leads nowhere. Switch it on there, then try again.`,
  );
};

/** What this run added. An application that is gone has taken its domains with it. */
const ownDomains = async (
  dokploy: Dokploy,
  ctx: DoContext<StackInput, Earlier> & { result: UsedDomain | undefined },
): Promise<Domain[]> => {
  try {
    const domains = await dokploy.domains(ctx.results["creating-application"].applicationId, ctx.signal);
    const host = ctx.result?.host ?? hostOf(ctx.input);
    return domains.filter((domain) => sameHost(domain.host, host) && isMade(domain, ctx));
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "not-found") throw thrown;
    await assertApplicationGone(dokploy, ctx);
    return [];
  }
};

/** "Not found" may also come from something between us and Dokploy: its list of projects decides. */
const assertApplicationGone = async (
  dokploy: Dokploy,
  { results, signal }: Pick<Context, "results" | "signal">,
): Promise<void> => {
  const { applicationId, name } = results["creating-application"];
  const services = (await dokploy.projects(signal)).flatMap(({ environments }) =>
    environments.flatMap((environment) => environment.services),
  );
  if (!services.some(({ id }) => id === applicationId)) return;
  throw new AppError(
    "remote-odd",
    `Dokploy lists the application “${name}” but does not find its domains. Look into Dokploy, then undo again.`,
  );
};

const existsAlready = ({ host, port, https }: Domain, wanted: StackInput): string => {
  const differs = [
    ...(port !== null && port !== wanted.port ? [`its port is ${port}, not ${wanted.port}`] : []),
    ...(https === wanted.https ? [] : [`it is served ${https ? "with" : "without"} HTTPS`]),
  ];
  const but =
    differs.length === 0 ? "" : ` As it was set up, ${differs.join(" and ")}; change that in Dokploy.`;
  return `The domain ${host} leads to the application already and will stay.${but}`;
};
