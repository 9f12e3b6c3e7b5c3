import { newDomainBody } from "#connectors/dokploy/bodies.ts";
import type { Dokploy, Domain, NewDomain } from "#connectors/dokploy/dokploy.ts";
import { AppError } from "#core/errors.ts";
import { says, sends } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import type { StepContext, UndoContext } from "#core/step-context.ts";
import type { DoOptions } from "#core/workflow.ts";
import type { StackDeps } from "#stacks/deps.ts";
import { domainsOf, originOfDomain, type WantedDomain } from "#stacks/domains.ts";
import type { StackBase } from "#stacks/input.ts";
import { notYet } from "#stacks/not-yet.ts";
import { idOf, type UsedService, wordOf } from "#stacks/service.ts";
import { assertFree, sameHost } from "#stacks/taken.ts";
import { assertUndoable } from "#stacks/undoable.ts";
import type { UsedProject } from "./creating-project.ts";

export interface UsedDomain {
  domainId: string;
  host: string;
  /** Where people reach the stack, without a slash at the end. */
  origin: string;
  /** Whether this run made it; what others made is never removed. */
  made: boolean;
  /** The stack's other hosts; left out by runs of earlier versions. */
  more?: { host: string; url: string }[];
}

type Earlier = { "creating-project": UsedProject; "creating-application": UsedService };
type Context = StepContext<StackBase, Earlier>;

/**
 * Leads the stack's hosts to the application. Dokploy would accept a host that another application uses, so that is looked up first.
 * A domain has no description; a run knows its own because it was not there when the application was looked up.
 */
export const createDomain = (deps: StackDeps): DoOptions<StackBase, Earlier, UsedDomain> => ({
  run: async (ctx) => {
    const { input, signal, progress } = ctx;
    const dokploy = await deps.connect(input.connectionId);
    const { found, missing } = await findDomains(dokploy, ctx);
    if (missing.length === 0) {
      const result = used(found, ctx);
      return result.made ? result : new Skip(existsAlready(found, input), result);
    }
    const hosts = missing.map(({ host }) => host);
    const assertOurs = (what: string) =>
      assertFree(dokploy, hosts, ctx, (done, total) => progress(done, total, what));
    await assertOurs("applications looked at");
    const made: Domain[] = [];
    for (const wanted of missing) {
      ctx.log(`Nothing that this API key sees uses ${wanted.host}; adding it.`);
      made.push(await dokploy.createDomain(wishOf(wanted, ctx), signal));
    }
    // Whoever took one of them in between has it too: Dokploy lets both, and whose page answers is chance.
    await assertOurs("applications looked at once more");
    return used([...found, ...made], ctx);
  },
  whenInterrupted: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const { found, missing } = await findDomains(dokploy, ctx);
    return missing.length === 0 && found.some((one) => isMade(one, ctx))
      ? {
          happened: true,
          result: used(found, ctx),
          checked: `The application has the domain${found.length === 1 ? "" : "s"} ${found.map(({ host }) => host).join(", ")} now.`,
        }
      : { happened: false, checked: "The application has no domain of this run, or not all." };
  },
  undo: async (ctx) => {
    const dokploy = await deps.connect(ctx.results["creating-project"].connectionId);
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
    if (ours.length === 0) ctx.log("No domain of this run is there.");
    for (const { host } of ours) ctx.log(`Removed the domain ${host}.`);
  },
  plan: async (ctx) => {
    const dokploy = await deps.connect(ctx.input.connectionId);
    const { found, missing } = ctx.results["creating-application"].made
      ? { found: [], missing: domainsOf(ctx.input) }
      : await findDomains(dokploy, ctx);
    if (missing.length === 0)
      return { lines: [], skip: existsAlready(found, ctx.input), result: used(found, ctx) };
    const hosts = missing.map(({ host }) => host);
    await assertFree(dokploy, hosts, ctx, () => {});
    const lines = missing.flatMap((wanted) => [
      says(`Leads ${wanted.host} to the application; nothing else that this API key sees uses that host.`),
      sends(dokploy.request("domain.create", newDomainBody(wishOf(wanted, ctx)))),
    ]);
    const [own] = domainsOf(ctx.input);
    const { host } = own;
    const made = hosts.includes(host);
    const result = { domainId: notYet, host, origin: originOfDomain(own, ctx.input), made };
    return { lines, result: { ...result, more: moreOf(ctx.input) } };
  },
  detail: ({ host, domainId }) => `Added ${host} (${domainId})`,
  weightMs: 1_500,
});

const wishOf = ({ service, ...wanted }: WantedDomain, { results }: Pick<Context, "results">): NewDomain => ({
  ...wanted,
  ...ownerOf(results["creating-application"], service),
});

const ownerOf = (used: UsedService, service: string | undefined) =>
  "composeId" in used
    ? { composeId: used.composeId, serviceName: service ?? "" }
    : { applicationId: used.applicationId };

const isMade = ({ domainId }: Domain, { results }: Pick<Context, "results">): boolean =>
  !results["creating-application"].domainsBefore.includes(domainId);

const used = (domains: readonly Domain[], ctx: Pick<Context, "input" | "results">): UsedDomain => {
  const own = domains.find((domain) => is(domain, domainsOf(ctx.input)[0]));
  if (own === undefined) throw new Error("the stack's own domain is among those that were found or made");
  return {
    domainId: own.domainId,
    host: own.host,
    origin: originOfDomain(own, ctx.input),
    // As a whole: what was added is found again by what was there before.
    made: domains.some((one) => isMade(one, ctx)),
    more: moreOf(ctx.input),
  };
};

const moreOf = (input: StackBase): { host: string; url: string }[] =>
  domainsOf(input)
    .slice(1)
    .map((one) => ({ host: one.host, url: `${originOfDomain(one, input)}${one.path}` }));

const is = ({ host, path }: Domain, wanted: WantedDomain): boolean =>
  path === wanted.path && sameHost(host, wanted.host);

/** Those of the stack that the application has, and those that it has not. */
const findDomains = async (
  dokploy: Dokploy,
  { input, results, signal }: Pick<Context, "input" | "results" | "signal">,
): Promise<{ found: Domain[]; missing: WantedDomain[] }> => {
  const there = await dokploy.domains(results["creating-application"], signal);
  const wanted = domainsOf(input);
  const found = there.filter((one) => wanted.some((each) => is(one, each)));
  const off = found.find(({ enabled }) => !enabled);
  if (off === undefined)
    return { found, missing: wanted.filter((each) => !found.some((one) => is(one, each))) };
  throw new AppError(
    "conflict",
    `The stack's domain ${off.host} is switched off in Dokploy, so it leads nowhere. Switch it on there, then try again.`,
  );
};

/** What this run added. An application that is gone has taken its domains with it. */
const ownDomains = async (
  dokploy: Dokploy,
  ctx: UndoContext<StackBase, Earlier, UsedDomain>,
): Promise<Domain[]> => {
  try {
    const domains = await dokploy.domains(ctx.results["creating-application"], ctx.signal);
    const own = ctx.result?.host;
    const hosts = [...(own === undefined ? [] : [own]), ...domainsOf(ctx.input).map(({ host }) => host)];
    return domains.filter(({ domainId, host }) => {
      const ours = hosts.some((one) => sameHost(one, host));
      return ours && !ctx.results["creating-application"].domainsBefore.includes(domainId);
    });
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
  const used = results["creating-application"];
  const services = (await dokploy.projects(signal)).flatMap(({ environments }) =>
    environments.flatMap((environment) => environment.services),
  );
  if (!services.some(({ id }) => id === idOf(used))) return;
  throw new AppError(
    "remote-odd",
    `Dokploy lists the ${wordOf(used)} “${used.name}” but does not find its domains. Look into Dokploy, then undo again.`,
  );
};

const existsAlready = (found: readonly Domain[], input: StackBase): string =>
  domainsOf(input)
    .flatMap((wanted) => found.filter((one) => is(one, wanted)).map((one) => staysAs(one, wanted)))
    .join(" ");

const staysAs = ({ host, port, https }: Domain, wanted: WantedDomain): string => {
  const differs = [
    ...(port !== null && port !== wanted.port ? [`its port is ${port}, not ${wanted.port}`] : []),
    ...(https === wanted.https ? [] : [`it is served ${https ? "with" : "without"} HTTPS`]),
  ];
  const but =
    differs.length === 0 ? "" : ` As it was set up, ${differs.join(" and ")}; change that in Dokploy.`;
  return `The domain ${host} leads to the stack already and will stay.${but}`;
};
