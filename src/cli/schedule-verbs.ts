import { type Command, InvalidArgumentError, Option } from "commander";
import { missedPolicies } from "#core/due.ts";
import { overlaps } from "#core/trigger.ts";
import type { RemoteDeps } from "./remote-deps.ts";

/** `milepost schedules …`: what starts runs by itself. */
export const addScheduleVerbs = (program: Command, { connect, terminal, end }: RemoteDeps): void => {
  const json = new Option("--json", "print JSON, for programs");
  const load = () => import("./verbs/schedules.ts");
  const schedules = program
    .command("schedules")
    .description("lists what starts runs by itself, and when it does so next")
    .addOption(json)
    .action(async (options) => end(await (await load()).listSchedules(await connect(), terminal, options)));
  // What stands behind a verb below it is read as its own all the same.
  const withJson = <O extends object>(options: O): O => ({ ...options, ...schedules.opts() });
  schedules
    .command("add <name> <workflow> [values...]")
    .description("makes a schedule: name=value, name=@file; asks for what is missing")
    .option(
      "--when <words>",
      'when: "every Monday at 7:00", "weekdays at 18:30", "every 15 minutes", "0 7 * * MON"',
    )
    .option("--cron <times>", "or as a cron line only")
    .option("--every <minutes>", "or how often", wholeNumber("of minutes"))
    .option("--zone <zone>", "whose clock it goes by", Intl.DateTimeFormat().resolvedOptions().timeZone)
    .addOption(
      new Option("--missed <what>", "what starts for times that were missed").choices(missedPolicies),
    )
    .addOption(new Option("--overlap <what>", "while an earlier run is under way").choices(overlaps))
    .option("--like <run>", "takes over the input and the answers of a run")
    .option("--pause-after <n>", "pauses after so many failures in a row", wholeNumber("of failures"))
    .addOption(json)
    .action(async (name, workflow, values, options) =>
      end(
        await (await load()).addSchedule(
          await connect(),
          terminal,
          [name, workflow, values],
          withJson(options),
        ),
      ),
    );
  schedules
    .command("next <name>")
    .description("prints the next five times")
    .addOption(json)
    .action(async (name, options) =>
      end(await (await load()).nextTimes(await connect(), terminal, name, withJson(options))),
    );
  for (const [verb, does] of [
    ["pause", "starts nothing until it is resumed"],
    ["resume", "goes on with it; what was due meanwhile starts nothing"],
    ["remove", "removes it; its runs stay"],
  ] as const)
    schedules
      .command(`${verb} <name>`)
      .description(does)
      .addOption(json)
      .action(async (name, options) =>
        end(await (await load()).changeSchedule(await connect(), terminal, verb, name, withJson(options))),
      );
};

const wholeNumber =
  (what: string) =>
  (text: string): number => {
    if (!/^[1-9]\d{0,6}$/.test(text)) throw new InvalidArgumentError(`Give a whole number ${what}.`);
    return Number(text);
  };
