import { command, quote } from "#connectors/ssh/quote.ts";
import { AppError } from "#core/errors.ts";
import { says } from "#core/plan-line.ts";
import { readerOf } from "#core/script-reader.ts";
import { Skip } from "#core/skip.ts";
import { item } from "#core/start.ts";
import type { DoContext, StepContext, UndoContext } from "#core/step-context.ts";
import { type Planned, type Stays, type UndoWaits, workflow } from "#core/workflow.ts";
import type { Kits } from "#kits/kits.ts";
import type { ScriptWork, Secret } from "#kits/shell-options.ts";
import type { Script, Server } from "./start.ts";

/** One of the servers, and what is the same for each of its run. */
export interface OnOne {
  server: Server;
  undoAtOnce: boolean;
}

/** How it follows from an item what is run. */
interface What<I, K extends string> {
  scriptOf(input: I): Script;
  /** The secrets that the script is given, by name. */
  secretsOf(input: I): Readonly<Record<string, Secret<I, object, K>>>;
  /** The fields of the form that these come from. */
  secrets: readonly K[];
  /** The field of the item that says how it is undone; otherwise the script says it for each, or, `null`, for none. */
  undoneBy?: Extract<keyof I, string> | null;
}

const looksForMs = 30_000;
const day = 24 * 3_600_000;

/** A script on one server: it is begun once and outlives Milepost and the connection; then the check, where there is one. */
export const onAServer = <I extends OnOne, K extends string>({ shell, job }: Kits, what: What<I, K>) => {
  const workOf = (input: I): ScriptWork<I, object, K> => {
    const { script, env, as } = what.scriptOf(input);
    const secrets = what.secretsOf(input);
    return {
      ...{ script: forSh(script), secrets, env: () => env, on: () => input.server.id },
      ...(as === "" ? {} : { shell: bySudo(as, [...Object.keys(env), ...Object.keys(secrets)]) }),
    };
  };
  const jobFor = (input: I) => {
    const { undo, limitMs } = what.scriptOf(input);
    return job<I, object, string, K>({ ...workOf(input), undo: forSh(undo), limitMs });
  };
  const undo = async (ctx: UndoContext<I, object, string, K>): Promise<UndoWaits | Stays | null> =>
    (await jobFor(ctx.input).undo?.(ctx)) ?? null;
  const undone =
    what.undoneBy === null
      ? {}
      : { undo, ...(what.undoneBy === undefined ? {} : { undoneBy: what.undoneBy }) };
  return workflow(
    "on-a-server",
    "Run a script on a server",
    "The script on one server.",
    item<I, K>({
      secrets: what.secrets,
      onFailure: ({ undoAtOnce }) => (undoAtOnce ? "undo" : "stop"),
    }),
  )
    .wait("run", "Run the script", {
      ...job<I, object, string, K>({ script: "", limitMs: 7 * day }),
      ...undone,
      begin: async (ctx) => jobFor(ctx.input).begin?.(ctx),
      look: (ctx) => jobFor(ctx.input).look(ctx),
      onCancel: async (ctx) => (await jobFor(ctx.input).onCancel?.(ctx)) ?? "",
      detail: (last) => last,
      plan: async (ctx): Promise<Planned<string>> => {
        const planned = await jobFor(ctx.input).plan?.(ctx);
        const { script, env, as } = what.scriptOf(ctx.input);
        await reads(shell, ctx, script);
        if (as !== "")
          await mayBe(shell, ctx, as, [...Object.keys(env), ...Object.keys(what.secretsOf(ctx.input))]);
        const reached = says(`${ctx.input.server.name} can be reached, and its shell reads the script.`);
        return { lines: [reached, ...(planned?.lines ?? [])], result: "" };
      },
    })
    .do("check", "Look whether it worked", {
      readsOnly: true,
      run: async (ctx) => {
        const { check } = what.scriptOf(ctx.input);
        if (check === "") return new Skip("No check was given; its own end counts.", null);
        const work = { ...workOf(ctx.input), script: forSh(check) };
        return shell<I, object, string, K>({ ...work, readsOnly: true, called: "The check" }).run(ctx);
      },
      plan: ({ input }) => {
        const { check } = what.scriptOf(input);
        return check === ""
          ? { lines: [], skip: "No check was given; its own end counts." }
          : { lines: [{ kind: "command", text: check }] };
      },
    })
    .hands(({ server }) => ({ sentence: `It ran on ${server.name}.` }));
};

/** The text as `sh` runs it: what is for another program is handed to that. */
const forSh = (text: string): string => {
  const reader = readerOf(text);
  return reader === null || reader.program === "sh" ? text : `exec ${command([...reader.words, text])}`;
};

const bySudo = (user: string, names: readonly string[]): readonly string[] => [
  ...["sudo", "-n", "-H", "-u", user],
  ...(names.length === 0 ? [] : [`--preserve-env=${names.join(",")}`]),
  ...["--", "sh"],
];

/** Whether the server can be reached and its shell understands the script; nothing of the script is run. */
const reads = <I extends OnOne, K extends string>(
  shell: Kits["shell"],
  ctx: StepContext<I, object, K>,
  script: string,
): Promise<void> => {
  const { program, isShell } = readerOf(script) ?? { program: "sh", isShell: true };
  const isThere = `command -v ${quote(program)} >/dev/null || { echo ${quote(`there is no ${program}.`)} >&2; exit 127; }`;
  const reading = isShell ? `printf %s "$MILEPOST_SCRIPT" | ${quote(program)} -n` : "";
  return tried(
    shell,
    ctx,
    { script: `${isThere}\n${reading}`, env: () => ({ MILEPOST_SCRIPT: script }) },
    (why) =>
      new AppError(
        "bad-input",
        `The shell of ${ctx.input.server.name} does not understand the script: ${why}`,
      ),
  );
};

/** Whether it may run there as that user, with what it is given; nothing of the script is run. */
const mayBe = <I extends OnOne, K extends string>(
  shell: Kits["shell"],
  ctx: StepContext<I, object, K>,
  as: string,
  names: readonly string[],
): Promise<void> =>
  tried(
    shell,
    ctx,
    {
      script: "exit 0",
      shell: bySudo(as, names),
      env: () => Object.fromEntries(names.map((name) => [name, ""])),
    },
    (why) => new AppError("bad-input", `${ctx.input.server.name} does not let it run as ${as}: ${why}`),
  );

const tried = async <I extends OnOne, K extends string>(
  shell: Kits["shell"],
  ctx: StepContext<I, object, K>,
  work: Pick<ScriptWork<I, object, never>, "script" | "shell" | "env">,
  refused: (why: string) => AppError,
): Promise<void> => {
  const looking = shell<I, object, string>({
    ...work,
    on: ({ input }) => input.server.id,
    timeoutMs: looksForMs,
    readsOnly: true,
  });
  const silent = { begin: () => {}, end: () => {}, fail: () => {} };
  const quiet: DoContext<I, object> = {
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
    throw refused(thrown.detail?.trim().split("\n").at(0) ?? thrown.message);
  }
};
