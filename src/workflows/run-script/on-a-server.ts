import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { Skip } from "#core/skip.ts";
import { item } from "#core/start.ts";
import type { DoContext, StepContext, UndoContext } from "#core/step-context.ts";
import { type Planned, type UndoWaits, workflow } from "#core/workflow.ts";
import type { Kits } from "#kits/kits.ts";
import type { ScriptWork } from "#kits/shell-options.ts";
import type { Script, Server } from "./start.ts";
import { variablesIn } from "./variables-in.ts";

/** What is done on one server. */
export interface OnOne extends Script {
  server: Server;
}

type Work = ScriptWork<OnOne, object, "secrets">;

const looksForMs = 30_000;
const day = 24 * 3_600_000;

/** The script on one server: it is begun once and outlives Milepost and the connection; then the check, where there is one. */
export const onAServer = ({ shell, job }: Kits) => {
  const jobFor = (input: OnOne) =>
    job<OnOne, object, string, "secrets">({ ...workOf(input), undo: input.undo, limitMs: input.limitMs });
  return workflow(
    "on-a-server",
    "Run a script on a server",
    "The script on one server.",
    item<OnOne, "secrets">({
      secrets: ["secrets"],
      onFailure: ({ undo, undoAtOnce }) => (undoAtOnce && undo !== "" ? "undo" : "stop"),
    }),
  )
    .wait("run", "Run the script", {
      ...job<OnOne, object, string, "secrets">({ script: "", limitMs: 7 * day }),
      undoneBy: "undo",
      undo: async (ctx: UndoContext<OnOne, object, string, "secrets">): Promise<UndoWaits | null> =>
        (await jobFor(ctx.input).undo?.(ctx)) ?? null,
      begin: async (ctx) => jobFor(ctx.input).begin?.(ctx),
      look: (ctx) => jobFor(ctx.input).look(ctx),
      onCancel: async (ctx) => (await jobFor(ctx.input).onCancel?.(ctx)) ?? "",
      detail: (last) => last,
      plan: async (ctx): Promise<Planned<string>> => {
        const planned = await jobFor(ctx.input).plan?.(ctx);
        await reads(shell, ctx);
        const reached = says(`${ctx.input.server.name} can be reached, and its shell reads the script.`);
        return { lines: [reached, ...(planned?.lines ?? [])], result: "" };
      },
    })
    .do("check", "Look whether it worked", {
      readsOnly: true,
      run: async (ctx) => {
        const { check } = ctx.input;
        if (check === "") return new Skip("No check was given; its own end counts.", null);
        const work = { ...workOf(ctx.input), script: check };
        return shell<OnOne, object, string, "secrets">({ ...work, readsOnly: true, called: "The check" }).run(
          ctx,
        );
      },
      plan: ({ input }) =>
        input.check === ""
          ? { lines: [], skip: "No check was given; its own end counts." }
          : { lines: [{ kind: "command", text: input.check }] },
    })
    .hands(({ server }) => ({ sentence: `It ran on ${server.name}.` }));
};

const workOf = ({ script, env, secretNames, as, server }: OnOne): Work => ({
  script,
  env: () => env,
  secrets: Object.fromEntries(
    secretNames.map((name) => [name, ({ secret }) => variablesIn(secret("secrets"))[name] ?? ""]),
  ),
  on: () => server.id,
  ...(as === "" ? {} : { shell: bySudo(as, [...Object.keys(env), ...secretNames]) }),
});

const bySudo = (user: string, names: readonly string[]): readonly string[] => [
  ...["sudo", "-n", "-H", "-u", user],
  ...(names.length === 0 ? [] : [`--preserve-env=${names.join(",")}`]),
  ...["--", "sh"],
];

/** Whether the server can be reached and its shell understands the script; nothing of the script is run. */
const reads = async (shell: Kits["shell"], ctx: StepContext<OnOne, object, "secrets">): Promise<void> => {
  const looking = shell<OnOne, object, string>({
    script: 'printf %s "$MILEPOST_SCRIPT" | sh -n',
    env: ({ input }) => ({ MILEPOST_SCRIPT: input.script }),
    on: ({ input }) => input.server.id,
    timeoutMs: looksForMs,
    readsOnly: true,
  });
  const silent = { begin: () => {}, end: () => {}, fail: () => {} };
  const quiet: DoContext<OnOne, object> = {
    ...ctx,
    secret: () => "",
    attempt: 1,
    key: `${ctx.runId}/${ctx.stepId}/plan`,
    progress: () => {},
    substeps: () => silent as never,
    log: () => {},
  };
  try {
    await looking.run(quiet);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code !== "remote-failed") throw thrown;
    const why = thrown.detail?.trim().split("\n").at(0) ?? thrown.message;
    throw new AppError(
      "bad-input",
      `The shell of ${ctx.input.server.name} does not understand the script: ${why}`,
    );
  }
};
