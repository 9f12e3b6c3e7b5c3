import { approvalIn } from "#core/approval.ts";
import type { ChatButton, ChatReply } from "#core/chat.ts";
import type { RunPicture, RunSummary, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { ended } from "#core/sentence.ts";
import { isOver } from "#core/states.ts";
import type { Substep } from "#core/step.ts";
import { intervalText, progressText, shortText, visibleText } from "#views/format.ts";
import { activeStep, restText } from "#views/run/said.ts";
import { isUndoFailed, runWord, stepWord } from "#views/words.ts";

const longestName = 80;
const longestLine = 400;
const mostSubsteps = 12;
const logLines = 8;

/** A line as it may stand in any chat: no control characters, not too long. */
export const line = (text: string): string => shortText(visibleText(text), longestLine);

/** "“Generate an app: Cellphone Store CRM” (#4)". */
export const nameOf = ({
  title,
  subject,
  number,
}: Pick<RunSummary, "title" | "subject" | "number">): string =>
  `“${shortText(visibleText(subject === "" ? title : `${title}: ${subject}`), longestName)}” (#${number})`;

export const reply = (lines: readonly string[], more: Partial<Omit<ChatReply, "lines">> = {}): ChatReply => ({
  lines: lines.map(line),
  link: null,
  buttons: [],
  live: null,
  ...more,
});

/** To the file of a run that made one, else to its page. */
const linkTo = ({ id, state, export: row }: RunPicture): ChatReply["link"] =>
  state === "completed" && row !== null && row.status === "ready" && row.fileName !== null
    ? { label: row.fileName, href: routes.exportFile.href({ id: row.id }) }
    : { label: "Open the run", href: routes.run.href({ id }) };

/** Where a run stands: percent, what it does now with its parts, what is left, and what can be said next. */
export const statusOf = (picture: RunPicture): ChatReply =>
  reply([headline(picture), ...currently(picture), ...rest(picture)], {
    link: linkTo(picture),
    buttons: buttonsOf(picture),
    live: picture.id,
  });

/** The same beside the run's name and percent. */
export const followedOf = (picture: RunPicture): string[] => {
  const done = picture.outcome?.sentence ?? "All its steps are done.";
  const word = picture.state === "completed" ? done : `${runWord(picture).word}.`;
  return [word, ...currently(picture), ...rest(picture)].map(line);
};

const headline = (picture: RunPicture): string => {
  const name = nameOf(picture);
  switch (picture.state) {
    case "completed":
      return `${name} is completed: ${picture.outcome?.sentence ?? "all its steps are done."}`;
    case "running":
    case "waiting":
      return picture.percentKnown ? `${name} is ${picture.percent} % complete.` : `${name} is at work.`;
    default:
      return `${name}: ${runWord(picture).word}${picture.percentKnown ? `, ${picture.percent} % complete` : ""}.`;
  }
};

const currently = (picture: RunPicture): string[] => {
  const step = activeStep(picture);
  if (step === null || picture.state === "completed") return [];
  const notUndone = isUndoFailed(picture);
  const isPlain = notUndone || ["running", "failed"].includes(step.state);
  const word = isPlain ? "" : ` (${stepWord(step).word.toLowerCase()})`;
  const head = notUndone
    ? "It could not be undone at"
    : picture.state === "failed"
      ? "It failed at"
      : isOver(picture.state)
        ? "It stopped at"
        : "Currently";
  return [
    `${head}: ${step.title}${word}, step ${step.number} of ${picture.total}.`,
    ...(step.progress === null ? [] : [progressText(step.progress)]),
    ...step.substeps.slice(0, mostSubsteps).map(substepLine),
    ...(step.substeps.length > mostSubsteps ? [`… and ${step.substeps.length - mostSubsteps} more`] : []),
    ...(step.error === null ? [] : [step.error.message]),
    ...(step.waiting === null || step.waiting.for === "answer" ? [] : [`It waits: ${step.waiting.word}`]),
  ];
};

const marks = { pending: "·", running: "⏳", completed: "✓", failed: "✗" } as const;

const substepLine = ({ name, state }: Substep): string =>
  `${marks[state]} ${name}${state === "running" ? " (in progress)" : ""}`;

const rest = (picture: RunPicture): string[] => {
  const text = restText(picture);
  if (text === "") return [];
  if (picture.timeLeft !== null) return [`Time left: ${ended(text.replace(" left", ""))}`];
  const begins = /^(?:waiting|going|paused)\b/.test(text) ? `It is ${text}` : text;
  return [ended(begins.charAt(0).toUpperCase() + begins.slice(1))];
};

/** When it will be done, as far as that is known. */
export const etaOf = (picture: RunPicture): ChatReply => {
  const { timeLeft } = picture;
  return timeLeft === null
    ? statusOf(picture)
    : reply(
        [
          `${nameOf(picture)} still takes ${intervalText(timeLeft.p10Ms, timeLeft.p90Ms)} in four of five runs like this.`,
          ...rest(picture),
        ],
        {
          link: linkTo(picture),
          buttons: buttonsOf(picture),
          live: picture.id,
        },
      );
};

/** The end of its log. */
export const logsOf = (picture: RunPicture): ChatReply => {
  const lines = picture.log.slice(-logLines);
  return reply(
    lines.length === 0
      ? [`${nameOf(picture)} has no log ${picture.trimmedAt === null ? "yet" : "any more"}.`]
      : [
          `The last ${lines.length === 1 ? "line" : `${lines.length} lines`} of ${nameOf(picture)}:`,
          ...lines.map(({ text }) => text),
        ],
    { link: { label: "The whole log", href: routes.log.href({ id: picture.id }) } },
  );
};

/** Why it failed, or what it waits for. */
export const whyOf = (picture: RunPicture): ChatReply => {
  const { error } = picture;
  const failed = picture.steps.find(({ state }) => state === "failed");
  if (error === null && failed === undefined) return statusOf(picture);
  const because = error?.message ?? failed?.error?.message ?? "";
  const detail = failed?.error?.detail ?? null;
  const place =
    failed === undefined ? "" : ` at “${failed.title}”, step ${failed.number} of ${picture.total}`;
  const what = isUndoFailed(picture) ? `: ${runWord(picture).word}.` : ` failed${place}:`;
  return reply([`${nameOf(picture)}${what} ${because}`, ...(detail === null ? [] : [detail])], {
    link: linkTo(picture),
    buttons: buttonsOf(picture),
  });
};

/** One line of a list: "1. “Export: example.com” (#7): Running, 40 %. Step 3 of 8: Save the file". */
export const rowOf = (row: RunSummary, at: number): string => {
  const { word } = runWord(row);
  return `${at + 1}. ${nameOf(row)}: ${word}${row.percentKnown && row.state !== "completed" ? `, ${row.percent} %` : ""}. ${row.now}`;
};

export const numbered = (count: number): ChatButton[] =>
  Array.from({ length: count }, (_, at) => ({ label: String(at + 1), says: String(at + 1) }));

/** What can be said to a run now. */
const buttonsOf = (picture: RunPicture): ChatButton[] => {
  const { may, id } = picture;
  const asked = picture.steps.find(({ mayAnswer }) => mayAnswer);
  const approval = asked === undefined ? null : approvalIn(asked);
  return [
    ...(may.pause ? [{ label: "Pause", says: `pause #${id}` }] : []),
    ...(may.resume ? [{ label: "Resume", says: `resume #${id}` }] : []),
    ...(may.retry && picture.state !== "waiting" ? [{ label: "Retry", says: `retry #${id}` }] : []),
    ...(approval === null || approval.risk === "high"
      ? []
      : [
          { label: "Approve", says: `approve #${id}` },
          { label: "Reject", says: `reject #${id}` },
        ]),
    ...(asked === undefined || approval !== null ? [] : [{ label: "Answer", says: `answer #${id}` }]),
    ...(may.cancel ? [{ label: "Cancel", says: `cancel #${id}` }] : []),
    ...(picture.log.length > 0 ? [{ label: "Log", says: `logs #${id}` }] : []),
  ];
};

/** The step that asks; null when none does. */
export const askedStep = ({ steps }: RunPicture): StepPicture | null =>
  steps.find(({ state }) => state === "asking") ?? null;

/** Where a run stands, so that a yes is for what was asked and nothing else. */
export const standingOf = (picture: RunPicture): string => {
  const step = activeStep(picture);
  return `${picture.state} ${step?.id ?? ""} ${step?.attempt ?? 0}`;
};
