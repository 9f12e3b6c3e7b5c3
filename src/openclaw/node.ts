import type { ForStep } from "#connectors/ssh/earlier-attempt.ts";
import { ExecError, type ExecResult } from "#connectors/ssh/exec-result.ts";
import type { Ssh } from "#connectors/ssh/pool.ts";
import { command } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import type { StepContext } from "#core/step-context.ts";
import type { NodeDeps, NodeFacts, OnNode } from "./deps.ts";
import { createOpenclaw, type Openclaw } from "./openclaw.ts";

/** The machine while a step works on it. */
export interface Node {
  ssh: Ssh;
  openclaw: Openclaw;
  /** How long a restart of its gateway and the start after it may take, each. */
  restartLimitMs: number;
  /** How long one OpenClaw command may take. */
  commandLimitMs: number;
  /** Runs words in a shell there, whatever the exit code; each line that comes is logged. */
  shell(words: readonly string[], timeoutMs?: number): Promise<ExecResult>;
  /** The same; throws AppError("remote-failed") unless the exit code is 0. */
  mustShell(words: readonly string[]): Promise<ExecResult>;
}

/** What a step that works on the node is given. */
export type NodeContext<I extends OnNode, R = object> = Pick<
  StepContext<I, R>,
  "input" | "results" | "signal"
> &
  ForStep;

/** Where to work and until when, for a step or for nobody. */
export type AtNode = { input: OnNode; signal: AbortSignal } & (ForStep | { runId?: never; log?: never });

/** What steps after the look at the node know of it. */
export interface Connected {
  ssh: NodeFacts;
}

const shellLimitMs = 30_000;

/**
 * The same for work that only reads: a connection that broke in the middle leaves no question open, so that it may be done again. What else it
 * does must bear being done again, or being found done.
 */
export const readOnNode = async <T>(
  deps: Pick<NodeDeps, "connect">,
  ctx: AtNode,
  work: (node: Node) => Promise<T>,
): Promise<T> => {
  try {
    return await onNode(deps, ctx, work);
  } catch (thrown) {
    if (!(thrown instanceof ExecError) || thrown.code !== "unreachable") throw thrown;
    throw new AppError(thrown.code, thrown.message, { cause: thrown, canPass: true });
  }
};

/** The same for a look of a wait step. */
export const lookOnNode = <T>(
  deps: Pick<NodeDeps, "connect">,
  // How far it was before is a number in a look, no way to tell.
  {
    progress: _,
    ...ctx
  }: { input: OnNode; signal: AbortSignal; progress: unknown } & Omit<ForStep, "progress">,
  work: (node: Node) => Promise<T>,
): Promise<T> => readOnNode(deps, ctx, work);

/** Lends the machine to `work` and takes it back. */
export const onNode = async <T>(
  deps: Pick<NodeDeps, "connect">,
  ctx: AtNode,
  work: (node: Node) => Promise<T>,
): Promise<T> => {
  const { input, signal, log = () => {} } = ctx;
  const lent = await deps.connect(input.connectionId, ctx.runId === undefined ? null : ctx);
  const { ssh, openclaw: program, commandLimitMs, restartLimitMs } = lent;
  try {
    const shell: Node["shell"] = (words, timeoutMs = Math.min(commandLimitMs, shellLimitMs)) => {
      const text = command(words);
      log(`$ ${text}`);
      return ssh.exec(text, { signal, timeoutMs, onStdout: log, onStderr: log });
    };
    return await work({
      ssh,
      restartLimitMs,
      commandLimitMs,
      openclaw: createOpenclaw({ ssh, program, signal, limitMs: commandLimitMs, log }),
      shell,
      mustShell: async (words) => {
        const result = await shell(words);
        if (result.code === 0) return result;
        const said = [result.stderr.trim(), result.stdout.trim()].filter((part) => part !== "").join("\n");
        throw new AppError(
          "remote-failed",
          `“${words[0]}” failed on ${ssh.name}: ${said.split("\n")[0] ?? ""}`,
          {
            detail: said,
            canPass: false,
          },
        );
      },
    });
  } finally {
    ssh.release();
  }
};
