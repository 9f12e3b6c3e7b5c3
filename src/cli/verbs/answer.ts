import { askAndSend } from "#cli/ask.ts";
import type { Client, Given, RunJson } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";
import { meant, readValues } from "#cli/values.ts";
import { AppError } from "#core/errors.ts";
import { oneLine } from "#core/foreign.ts";
import type { Form } from "#core/form.ts";
import type { StepPicture } from "#core/picture.ts";

/** Answers the open question of a run. */
export const answer = async (
  client: Client,
  terminal: Terminal,
  name: string,
  words: readonly string[],
  options: { press?: string; json?: boolean },
): Promise<number> => {
  const typed = readValues(words);
  const run = await runNamed(client, name);
  const { step, form } = questionOf(run);
  const given = meant(typed, form);
  if (!terminal.isPerson && options.press === undefined && asksForGoAhead(form))
    throw new AppError(
      "bad-input",
      `“${step.title}” asks for a go-ahead, which nobody gives by saying nothing: use milepost approve, or --press with one of: ${pressesOf(form)}.`,
    );
  if (terminal.isPerson) terminal.out(`${oneLine(step.title)}\n`);
  let press: { button: string | undefined } | null =
    options.press === undefined ? null : { button: options.press };
  return askAndSend(terminal, form, given, async (values) => {
    press ??= { button: terminal.isPerson ? await askButton(terminal, form) : undefined };
    return send(client, terminal, run, step, values, press.button, options.json);
  });
};

/** Approves what the open question of a run asks to be approved; nothing else is taken for an approval. */
export const approve = async (
  client: Client,
  terminal: Terminal,
  name: string,
  options: { comment?: string; json?: boolean },
): Promise<number> => {
  const run = await runNamed(client, name);
  const { step, form } = questionOf(run);
  if (!asksForGoAhead(form))
    throw new AppError("not-allowed-now", `“${step.title}” asks for more than a yes: use milepost answer.`);
  const values: Given = options.comment === undefined ? {} : { comment: options.comment };
  return send(client, terminal, run, step, values, undefined, options.json);
};

const asksForGoAhead = ({ fields }: Form): boolean => fields.some(({ kind }) => kind === "approval");

const pressesOf = ({ buttons = [] }: Form): string =>
  buttons
    .filter(({ does }) => does === "answer")
    .map(({ value }) => value)
    .join(", ");

const questionOf = (run: RunJson): { step: StepPicture; form: Form } => {
  const step = run.steps.find(({ state }) => state === "asking");
  if (step?.form == null)
    throw new AppError(
      "not-allowed-now",
      `${run.title} #${run.number} asks nothing at the moment: it is ${run.state}.`,
    );
  return { step, form: step.form };
};

const send = async (
  client: Client,
  terminal: Terminal,
  run: RunJson,
  step: StepPicture,
  values: Given,
  press: string | undefined,
  json = false,
): Promise<number> => {
  const after = await client.answer(run.id, step.id, values, press);
  terminal.out(json ? `${JSON.stringify(after)}\n` : `Answered: ${oneLine(step.title)}\n`);
  return 0;
};

/** Which of the buttons; the usual one needs no word. */
const askButton = async (terminal: Terminal, { submit, buttons = [] }: Form): Promise<string | undefined> => {
  const others = buttons.filter(({ does }) => does === "answer");
  if (others.length === 0) return undefined;
  const told = await terminal.ask(
    `Press Enter for “${submit}”, or write one of: ${pressesOf({ fields: [], submit, buttons })}: `,
  );
  if (told === "") return undefined;
  const pressed = others.find(({ value, label }) =>
    [value, label.toLowerCase()].includes(told.trim().toLowerCase()),
  );
  if (pressed === undefined)
    throw new AppError("bad-input", `“${told}” is no button of this question. Nothing was sent.`);
  return pressed.value;
};
