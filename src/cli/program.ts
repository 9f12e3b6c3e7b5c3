import { Argument, type Command, InvalidArgumentError, Option } from "commander";
import { runStates } from "#core/states.ts";
import { completion, completionShells } from "./completion.ts";
import type { RemoteDeps } from "./remote-deps.ts";
import { addScheduleVerbs } from "./schedule-verbs.ts";

/** The verbs that speak with a running Milepost, here or elsewhere. Each is loaded when it is called. */
export const addRemoteVerbs = (program: Command, deps: RemoteDeps): void => {
  const { connect, terminal, end } = deps;
  const json = new Option("--json", "print JSON, for programs");
  const verb = (usage: string, does: string) => program.command(usage).description(does).addOption(json);
  const watching = (command: Command) =>
    command
      .option("--no-people", "end with 6 when it waits for a person")
      .option("--limit <time>", "watch no longer than this: 90s, 10m, 2h", durationMs);

  program.commandsGroup("Runs, by MILEPOST_URL and MILEPOST_TOKEN:");
  watching(
    verb(
      "start <workflow> [values...]",
      "starts a workflow: name=value, name=@file; asks for what is missing",
    )
      .option("--wait", "watch it until it is over")
      .option("--supervised", "ask before each step")
      .option("--key <key>", "the same key starts one run only, however often it is used"),
  ).action(async (workflow, values, options) => {
    const { start } = await import("./verbs/start.ts");
    end(
      await start(await connect(), terminal, workflow, values, {
        ...options,
        noPeople: !options.people,
        limitMs: options.limit,
      }),
    );
  });
  watching(verb("watch <run>", "shows a run until it is over, and ends as it does")).action(
    async (run, options) => {
      const [{ runNamed }, { watch }] = await Promise.all([import("./run-named.ts"), import("./watch.ts")]);
      const client = await connect();
      const named = await runNamed(client, run);
      end(
        await watch(client, terminal, named, {
          ...options,
          noPeople: !options.people,
          limitMs: options.limit,
        }),
      );
    },
  );
  verb("log <run>", "prints the log of a run")
    .option("-f, --follow", "go on until the run is over")
    .action(async (run, options) => {
      const { log } = await import("./verbs/log.ts");
      end(await log(await connect(), terminal, run, options));
    });
  verb("answer <run> [values...]", "answers the question of a run: name=value; asks for what is missing")
    .option("--press <button>", "the button, when it is not the usual one")
    .action(async (run, values, options) => {
      const { answer } = await import("./verbs/answer.ts");
      end(await answer(await connect(), terminal, run, values, options));
    });
  verb("approve <run>", "approves what a run asks to be approved")
    .option("--comment <text>", "kept in the history of the run")
    .action(async (run, options) => {
      const { approve } = await import("./verbs/answer.ts");
      end(await approve(await connect(), terminal, run, options));
    });
  verb("retry [run]", "tries the failed step again")
    .option("--new-file", "go on with the workflow's file as it is now")
    .option("--failed", "of the run only the items that failed; without a run, of all that failed, up to 200")
    .option("--workflow <id>", "with --failed: only its runs")
    .action(async (run, options) => {
      const { retry } = await import("./verbs/retry.ts");
      end(await retry(await connect(), terminal, run, options));
    });
  verb("cancel <run>", "cancels a run and says whether what it did really stopped").action(
    async (run, options) => {
      const { control } = await import("./verbs/control.ts");
      end(await control(await connect(), terminal, "cancel", run, options));
    },
  );
  verb("list", "lists the newest runs")
    .addOption(new Option("--state <state>", "only these").choices(runStates))
    .option("--workflow <id>", "only its runs")
    .option("--search <text>", "only those that have these words")
    .option("--most <n>", "how many", count, 20)
    .action(async (options) => {
      const { list } = await import("./verbs/list.ts");
      end(await list(await connect(), terminal, options));
    });
  verb("workflows", "lists what can be started").action(async (options) => {
    const { listWorkflows } = await import("./verbs/list.ts");
    end(await listWorkflows(await connect(), terminal, options));
  });
  addScheduleVerbs(program, deps);
  program
    .command("completion")
    .addArgument(new Argument("<shell>").choices(completionShells))
    .description("prints what bash, zsh or fish reads to complete milepost")
    .action((shell) => {
      terminal.out(completion(program, shell));
      end(0);
    });
  program
    .command("open <run>")
    .description("opens the page of a run in the browser")
    .action(async (run) => {
      const { open } = await import("./verbs/open.ts");
      end(await open(await connect(), terminal, run));
    });
};

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
/** What a timer can count. */
const mostMs = 2 ** 31 - 1;

const durationMs = (text: string): number => {
  const [, number = "", unit = "s"] = /^(\d{1,7})(s|m|h)?$/.exec(text) ?? [];
  const ms = Number(number) * (units[unit] ?? 1_000);
  if (number === "" || ms === 0 || ms > mostMs)
    throw new InvalidArgumentError("Give a time such as 90s, 10m or 2h, up to 24 days.");
  return ms;
};

const count = (text: string): number => {
  if (!/^[1-9]\d{0,2}$/.test(text) || Number(text) > 200)
    throw new InvalidArgumentError("Give a number from 1 to 200.");
  return Number(text);
};
