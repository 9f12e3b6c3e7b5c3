import { askAndSend } from "#cli/ask.ts";
import type { Client, Given, ScheduleJson } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import { meant, readValues } from "#cli/values.ts";
import { AppError } from "#core/errors.ts";
import { oneLine } from "#core/foreign.ts";
import { dateText } from "#views/format.ts";
import { inColumns } from "./list.ts";

interface Json {
  json?: boolean;
}

/** What starts runs by itself, one a line, each with when it does so next. */
export const listSchedules = async (
  client: Client,
  terminal: Terminal,
  { json = false }: Json,
): Promise<number> => {
  const schedules = await client.schedules();
  if (json) terminal.out(`${JSON.stringify(schedules)}\n`);
  else if (schedules.length === 0) terminal.err("Nothing starts by itself.\n");
  else
    inColumns(
      terminal,
      schedules.map(({ name, workflowId, words, paused, next }) => [
        name,
        workflowId,
        words,
        paused === null
          ? next[0] === undefined
            ? ""
            : `next ${dateText(next[0])}`
          : `paused: ${paused.because}`,
      ]),
    );
  return 0;
};

export interface Adding extends Json {
  when?: string;
  cron?: string;
  every?: number;
  zone: string;
  missed?: string;
  overlap?: string;
  like?: string;
  pauseAfter?: number;
}

/** Makes a schedule; asks for what the workflow's form still needs, and nothing where a run is named `like` which it is to be. */
export const addSchedule = async (
  client: Client,
  terminal: Terminal,
  [name, workflowId, given]: readonly [name: string, workflowId: string, given: readonly string[]],
  { when: words, cron, every, zone, missed, overlap, like: former, pauseAfter, json = false }: Adding,
): Promise<number> => {
  const times = [
    ...(words === undefined ? [] : [{ words }]),
    ...(cron === undefined ? [] : [{ cron }]),
    ...(every === undefined ? [] : [{ everyMinutes: every }]),
  ];
  if (times.length !== 1)
    throw new AppError(
      "bad-input",
      'Say when by one of --when "every Monday at 7:00", --cron "0 7 * * MON" and --every, in minutes.',
    );
  const { form } = await client.workflow(workflowId);
  const known = meant(readValues(given), form);
  const like = former === undefined ? undefined : (await runNamed(client, former)).id;
  const when = {
    ...{ kind: "schedule", zone, times: times[0] },
    ...(missed === undefined ? {} : { missed }),
    ...(overlap === undefined ? {} : { overlap }),
  };
  const send = (values: Given) => client.addSchedule({ name, workflowId, values, when, like, pauseAfter });
  const made = like === undefined ? await askAndSend(terminal, form, known, send) : await send(known);
  return told(terminal, made, json);
};

/** Pauses, resumes or removes it. */
export const changeSchedule = async (
  client: Client,
  terminal: Terminal,
  verb: "pause" | "resume" | "remove",
  name: string,
  { json = false }: Json,
): Promise<number> => {
  const found = await scheduleNamed(client, name);
  const after = await client.changeSchedule(found.id, verb);
  if (after !== null) return told(terminal, after, json);
  terminal.out(json ? `${JSON.stringify({ removed: found.id })}\n` : `${oneLine(found.name)}: removed\n`);
  return 0;
};

/** The next five times, one a line. */
export const nextTimes = async (
  client: Client,
  terminal: Terminal,
  name: string,
  { json = false }: Json,
): Promise<number> => told(terminal, await scheduleNamed(client, name), json);

const told = (terminal: Terminal, schedule: ScheduleJson, json: boolean): number => {
  const { name, words, paused, next } = schedule;
  if (json) terminal.out(`${JSON.stringify(schedule)}\n`);
  else {
    terminal.out(`${oneLine(`${name}: ${words}${paused === null ? "" : `, paused: ${paused.because}`}`)}\n`);
    for (const at of next) terminal.out(`  ${dateText(at)}\n`);
  }
  return 0;
};

/** By its name or id. */
const scheduleNamed = async (client: Client, name: string): Promise<ScheduleJson> => {
  const found = (await client.schedules()).find((one) => one.id === name || one.name === name);
  if (found !== undefined) return found;
  throw new AppError("not-found", `There is no schedule “${name}”. milepost schedules lists them.`);
};
