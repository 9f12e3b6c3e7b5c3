import { posix } from "node:path";
import { AppError } from "#core/errors.ts";
import type { PlanLine } from "#core/plan-line.ts";
import type { DoOptions } from "#core/workflow.ts";
import { configCheck } from "./answers.ts";
import { openclawLines, shellLine } from "./command-lines.ts";
import type { NodeDeps, NodeFacts, OnNode } from "./deps.ts";
import { type AtNode, type Node, readOnNode } from "./node.ts";

/** Those that the whole workflow was run on (docs/openclaw.md). */
const triedVersions: readonly string[] = ["2026.9.6", "2026.8.2", "2026.7.35"];
const wasTried = (version: string): boolean => triedVersions.includes(version);
const usualPort = 18_789;
const echo = ["echo", "ok"];
const version = ["--version"];
const validate = ["config", "validate"];
const file = ["config", "file"];
const port = ["config", "get", "gateway.port"];

/** Signs in and finds out what later steps rest on: OpenClaw's version, where it keeps its things, the gateway's port. Reads only. */
export const checkConnection = <I extends OnNode>(
  deps: Pick<NodeDeps, "connect">,
): DoOptions<I, object, NodeFacts> & { uses: "connectionId"[] } => ({
  uses: ["connectionId"],
  run: (ctx) => factsOf(deps, ctx),
  readsOnly: true,
  plan: async (ctx) => ({
    lines: [
      shellLine(echo),
      ...(await openclawLines(deps, ctx.input, version, [...validate, "--json"], [...port, "--json"])),
    ] satisfies PlanLine[],
    result: await factsOf(deps, ctx),
  }),
  detail: (facts) =>
    `OpenClaw ${facts.version}${wasTried(facts.version) ? "" : " (not tried with Milepost)"}, ${facts.stateDir}`,
  stopWithinMs: 12_000,
  weightMs: 3_000,
});

/** What later steps rest on. Throws AppError in words where the node is not fit for it. */
export const factsOf = (deps: Pick<NodeDeps, "connect">, ctx: AtNode): Promise<NodeFacts> =>
  readOnNode(deps, ctx, async (node) => {
    const { ssh, openclaw, mustShell } = node;
    const { stdout: said } = await mustShell(echo);
    if (said.trim() !== "ok") {
      throw new AppError("remote-odd", `${ssh.name} answers commands with something else than they print.`, {
        detail: said,
        canPass: false,
      });
    }
    const { stdout: named } = await openclaw.must(version);
    const found = /OpenClaw (\d+\.\d+\.\d+\S*)/.exec(named)?.[1];
    if (found === undefined) {
      throw new AppError(
        "remote-odd",
        `The OpenClaw command of ${ssh.name} does not say its version. Check the command in the connection.`,
        { detail: named, canPass: false },
      );
    }
    const { path: told } = await openclaw.json(validate, configCheck);
    const path = told ?? (await openclaw.must(file)).stdout.trim().split("\n").at(-1) ?? "";
    const home = async () => (await mustShell(["printenv", "HOME"])).stdout.trim();
    const config = await absolute(path, home);
    const stateDir = posix.dirname(config);
    if (!(await ssh.exists(stateDir, ctx.signal))) {
      throw new AppError(
        "remote-odd",
        `OpenClaw says that it keeps its things in ${stateDir}, but ${ssh.name} has no such folder: it seems to run in a container. Make a connection to where its files are.`,
        { canPass: false },
      );
    }
    if (ctx.log !== undefined) await tellOfRewriting(node, config, { signal: ctx.signal, log: ctx.log });
    if (!wasTried(found))
      ctx.log?.(`OpenClaw ${found} was not tried with Milepost; ${triedVersions.join(", ")} was.`);
    return {
      version: found,
      stateDir,
      gatewayPort: portIn(await openclaw.run([...port, "--json"])),
    };
  });

interface Telling {
  signal: AbortSignal;
  log(line: string, level: "warn"): void;
}

/** OpenClaw writes its whole configuration anew at each change, as a plain file: what people put beside the values is gone from it then. */
const tellOfRewriting = async ({ ssh, shell }: Node, config: string, { signal, log }: Telling) => {
  const isLink = (await ssh.stat(config, signal))?.kind === "link";
  const { code } = await shell(["grep", "-qE", "^[[:space:]]*(//|/[*])", config]);
  const losses = [
    ...(isLink ? ["it is no longer a link"] : []),
    ...(code === 0 ? ["its comments are gone"] : []),
  ];
  if (losses.length === 0) return;
  log(
    `OpenClaw writes ${config} anew at each change: from the first one on ${losses.join(" and ")}. What it was stays in ${config}.bak until later changes push it out.`,
    "warn",
  );
};

const absolute = async (path: string, home: () => Promise<string>): Promise<string> =>
  path.startsWith("~/") ? posix.join(await home(), path.slice(2)) : path;

const portIn = ({ code, stdout }: { code: number | null; stdout: string }): number => {
  const given = code === 0 ? Number(stdout.trim()) : Number.NaN;
  return Number.isInteger(given) && given > 0 ? given : usualPort;
};
