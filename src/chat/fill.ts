import { approvalIn } from "#core/approval.ts";
import type { ChatButton, Filling, Remembered } from "#core/chat.ts";
import { AppError } from "#core/errors.ts";
import type { Form } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { can } from "#core/rights.ts";
import { routes } from "#core/routes.ts";
import { permitsOf, seenBy } from "#core/seen-by.ts";
import { type Answer, type Asked, channelOf } from "./asked.ts";
import { filledLine, presetOf, promptFor, readSaid, type SayableField, sayableIn } from "./field-said.ts";
import { wholeIn } from "./phrases.ts";
import { bare, plain } from "./plain.ts";
import { shownIn } from "./shown-in.ts";
import { nameOf, reply, statusOf } from "./told.ts";

/** Whoever says nothing more for so long has left the form. */
const patienceMs = 30 * 60_000;
const leaving = new Set(["leave", "leave it", "never mind"]);
const leave: ChatButton = { label: "Leave it", says: "/leave" };

/** What filling in rests on. `text` is what was said, as it was typed. */
export type Fills = Pick<Asked, "engine" | "before" | "who" | "now"> & { text: string; key: string | null };

/** What a form looks like now, with the address of the page that has it whole. */
interface Open {
  form: Form;
  title: string;
  href: string;
  fields: readonly SayableField[] | null;
  /** Of the run whose question it is. */
  picture: RunPicture | null;
}

/** Asks for the first field of a workflow's form, or leads to the page of one that a chat cannot ask. */
export const fillWorkflow = async (fills: Fills, workflow: string): Promise<Answer> => {
  const { engine, who, now } = fills;
  if (!can(who, "run", { workflowId: workflow })) throw new AppError("forbidden", "You may not start this.");
  const open = await openOf(fills, { workflow }, {});
  const filling = {
    of: { workflow: engine.workflow(workflow).id },
    values: presetOf(open.form),
    ...{ field: null, looked: false, at: now },
  };
  return askNext(fills, open, filling, undefined);
};

/** Asks for the first field of the question that a run asks; `comment` is what was said along with it. */
export const fillStep = async (fills: Fills, picture: RunPicture, comment = ""): Promise<Answer> => {
  const step = picture.steps.find(({ mayAnswer }) => mayAnswer);
  if (step?.form == null || step.askedAt === null)
    throw new AppError("not-allowed-now", `${nameOf(picture)} asks you nothing now.`);
  const of = { run: picture.id, step: step.id, attempt: step.attempt, askedAt: step.askedAt };
  const open = await openOf(fills, of, {});
  const values = { ...presetOf(open.form), ...(comment === "" ? {} : { comment }) };
  return askNext(fills, open, { of, values, field: null, looked: false, at: fills.now }, undefined);
};

/** "/status" is never a value; "/srv/data" is one. */
export const isCommand = (text: string): boolean => /^\/[a-z]+(?:@\w+)?(?:\s|$)/i.test(text.trim());

/** The form that was being filled in is there no more, and why. */
export interface Gone {
  gone: string;
}

/** What was said, taken for the form that is being filled in; null: it is about something else. */
export const fillOn = async (fills: Fills): Promise<Answer | Gone | null> => {
  const { before, text, now } = fills;
  const { filling } = before;
  if (filling === null || now - filling.at > patienceMs) return null;
  if (leaving.has(plain(text))) return ended(fills, ["Left, and nothing was done."]);
  if (isCommand(text)) return null;
  let open: Open;
  try {
    open = await openOf(fills, filling.of, filling.values);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    return { gone: thrown.message };
  }
  const field = open.fields?.find(({ name }) => name === filling.field);
  if (field === undefined) return pressed(fills, open, filling);
  const read = readSaid(field, text);
  if ("refused" in read) return askFor(fills, field, filling, [read.refused]);
  return askNext(fills, open, { ...filling, values: { ...filling.values, [field.name]: read.value } }, field);
};

const openOf = async (
  { engine, who }: Fills,
  of: Filling["of"],
  values: Filling["values"],
): Promise<Open> => {
  if ("workflow" in of) {
    const { workflow: id } = of;
    const form = await engine.startForm(id, values);
    const { title } = engine.workflow(id);
    return { form, title, href: routes.workflow.href({ id }), fields: sayableIn(form), picture: null };
  }
  const whole = await engine.picture(of.run);
  const picture = seenBy(whole, permitsOf(who, whole));
  const step = picture.steps.find(({ id }) => id === of.step);
  const isOpen = step?.state === "asking" && step.attempt === of.attempt && step.askedAt === of.askedAt;
  if (step?.form == null || !isOpen)
    throw new AppError("conflict", `That question of ${nameOf(picture)} is not open any more.`);
  if (!step.mayAnswer) throw new AppError("forbidden", "This is for somebody else to answer.");
  const href = routes.run.href({ id: of.run });
  return { form: step.form, title: step.title, href, fields: sayableIn(step.form), picture };
};

const askNext = async (
  fills: Fills,
  open: Open,
  filling: Filling,
  after: SayableField | undefined,
): Promise<Answer> => {
  const { fields } = open;
  if (fields === null) {
    const what = open.picture === null ? `“${open.title}”` : nameOf(open.picture);
    const link = { label: "Open the form", href: open.href };
    return ended(fills, [`What ${what} asks is more than a chat can hold, so it has its page.`], { link });
  }
  // A form may ask for other fields once it knows more.
  const place = after === undefined ? -1 : fields.findIndex(({ name }) => name === after.name);
  const next = fields[place + 1];
  return next === undefined || filling.looked
    ? askToSend(fills, open, filling)
    : askFor(fills, next, filling, []);
};

const askFor = (fills: Fills, field: SayableField, filling: Filling, first: readonly string[]): Answer => {
  const { lines, buttons } = promptFor(field);
  return {
    reply: reply([...first, ...lines], { buttons: [...buttons, leave] }),
    remembered: keeping(fills, { ...filling, field: field.name }),
  };
};

const keeping = ({ before, now }: Fills, filling: Filling | null): Remembered => ({
  ...before,
  pending: null,
  filling: filling === null ? null : { ...filling, at: now },
});

const ended = (fills: Fills, lines: readonly string[], more: Parameters<typeof reply>[1] = {}): Answer => ({
  reply: reply(lines, more),
  remembered: keeping(fills, null),
});

/** The last look: what would be sent, with the buttons of the form. */
const askToSend = (fills: Fills, open: Open, filling: Filling, first: readonly string[] = []): Answer => {
  const { form, title, fields, picture } = open;
  const approval = approvalIn({ state: "asking", form });
  const told = (fields ?? []).map((field) => filledLine(field, filling.values));
  const comment = textIn(filling, "comment");
  const about =
    approval === null
      ? [
          picture === null ? `Start “${title}”?` : `Answer “${title}” of ${nameOf(picture)}?`,
          ...(picture === null ? told : [...shownIn(form), ...told]),
        ]
      : [
          approval.what,
          `Risk: ${approval.risk}.`,
          ...approval.impact,
          ...(mayBePressed(open) ? [] : ["It is of high risk, so it can be approved on its page only."]),
          ...(comment === "" ? ["What you say now goes along as a comment."] : [`Comment: ${comment}`]),
        ];
  return {
    reply: reply([...first, ...about], {
      buttons: [...buttonsOf(open).map(({ label }) => ({ label, says: label })), leave],
      ...(mayBePressed(open) ? {} : { link: { label: "Open its page", href: open.href } }),
    }),
    remembered: keeping(fills, { ...filling, field: null, looked: true }),
  };
};

const textIn = ({ values }: Filling, name: string): string => {
  const value = values[name] ?? "";
  return typeof value === "string" ? value : (value[0] ?? "");
};

/** What is of high risk is approved where all that belongs to it can be seen. */
const mayBePressed = ({ form }: Open): boolean => approvalIn({ state: "asking", form })?.risk !== "high";

const buttonsOf = (open: Open): { label: string; press: string | undefined }[] => [
  ...(mayBePressed(open)
    ? [{ label: open.picture === null ? "Start" : open.form.submit, press: undefined }]
    : []),
  ...(open.form.buttons ?? [])
    .filter(({ does }) => open.picture !== null && does === "answer")
    .map(({ label, value }) => ({ label, press: value })),
];

const pressed = async (fills: Fills, open: Open, filling: Filling): Promise<Answer> => {
  const said = bare(fills.text);
  const buttons = buttonsOf(open);
  const [usual] = buttons;
  const whole = wholeIn(plain(fills.text));
  const isApproval = approvalIn({ state: "asking", form: open.form }) !== null;
  if (whole === "no" && !isApproval) return ended(fills, ["Nothing was done."]);
  const pressed =
    buttons.find(({ label, press }) => bare(label) === said || press === said) ??
    (whole === "yes" && !isApproval ? usual : undefined);
  if (pressed !== undefined) return send(fills, open, filling, pressed.press);
  if (!isApproval) return askToSend(fills, open, filling, ["Press one of the buttons."]);
  // A yes is no comment; where it is not enough, it is told why.
  if (whole === "yes" || said === bare(open.form.submit)) return askToSend(fills, open, filling);
  const comment = fills.text.trim();
  return askToSend(fills, open, { ...filling, values: { ...filling.values, comment } }, ["Noted."]);
};

const send = async (
  fills: Fills,
  open: Open,
  filling: Filling,
  press: string | undefined,
): Promise<Answer> => {
  try {
    return await sent(fills, open, filling, press);
  } catch (thrown) {
    if (!(thrown instanceof AppError) || thrown.code === "internal") throw thrown;
    const wrong = open.fields?.find(({ name }) => name === thrown.field);
    if (wrong !== undefined) return askFor(fills, wrong, filling, [thrown.message]);
    return ended(fills, [thrown.message], { link: { label: "Open its page", href: open.href } });
  }
};

const sent = async (
  fills: Fills,
  { title, picture }: Open,
  { of, values }: Filling,
  press: string | undefined,
): Promise<Answer> => {
  const { engine, who, now, key } = fills;
  const remembered = (run: string) => ({ ...keeping(fills, null), about: { run, at: now } });
  if ("workflow" in of) {
    if (!can(who, "run", { workflowId: of.workflow }))
      throw new AppError("forbidden", "You may not start this.");
    const { runId } = await engine.start(of.workflow, values, who.by, key === null ? {} : { key });
    const { lines, ...more } = statusOf(await engine.picture(runId));
    return { reply: reply([`“${title}” is started.`, ...lines], more), remembered: remembered(runId) };
  }
  const { by, person } = who;
  await engine.answer(of.run, of.step, values, by, { press, channel: channelOf(who), person });
  const after = await engine.picture(of.run);
  const { lines, ...more } = statusOf(seenBy(after, permitsOf(who, after)));
  const what = picture === null ? title : `“${title}”`;
  return { reply: reply([`${what} is answered.`, ...lines], more), remembered: remembered(of.run) };
};
