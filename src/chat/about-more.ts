import type { Said } from "#core/chat.ts";
import type { RunSummary } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { isOver } from "#core/states.ts";
import { agoText } from "#views/clock-words.js";
import { isUndoFailed } from "#views/words.ts";
import type { AboutRun } from "./about-run.ts";
import { type Answer, type Asked, type SpokenRun, stay } from "./asked.ts";
import { fillWorkflow } from "./fill.ts";
import { fullName } from "./names.ts";
import { longestSentence } from "./plain.ts";
import { nameOf, numbered, reply, rowOf } from "./told.ts";
import type { Because, Reading } from "./understand.ts";

const longestList = 5;

/** Answers what is said of several runs, of workflows, or of nothing. */
export const aboutMore = async (asked: Asked<Exclude<Reading, AboutRun>>): Promise<Answer> => {
  const { reading, runs } = asked;
  const underWay = runs.filter(({ state }) => !isOver(state)).slice(0, longestList);
  switch (reading.kind) {
    case "list":
      return underWay.length === 0
        ? stay(asked, ["Nothing is under way."], {
            link: allRuns,
          })
        : listOf(asked, "status", "Under way:", underWay);
    case "failed": {
      const failed = stillFailed(runs).slice(0, longestList);
      return failed.length === 0
        ? stay(asked, ["No run stands failed."], {
            link: allRuns,
          })
        : listOf(asked, "why", "These failed:", failed, (run, at) => failedRow(run, at, asked.now));
    }
    case "waiting": {
      const waiting = runs.filter(({ state }) => state === "asking").slice(0, longestList);
      return waiting.length === 0
        ? stay(asked, ["Nothing waits for an answer."])
        : listOf(asked, "status", "These wait for an answer:", waiting);
    }
    case "which":
      return reading.says === "start"
        ? whichWorkflow(asked, reading.among)
        : whichRun(asked, reading.says, reading.among, underWay);
    case "start":
      return fillWorkflow(asked, reading.workflow);
    case "nameless":
      return nameless(asked, reading);
    case "nothing":
      return stay(asked, [whyNothing[reading.because]]);
    case "help":
      return stay(asked, ["Ask me about runs, or say what to do with one:", ...examples(runs)]);
    case "unknown": {
      const near = runs.find(({ id }) => id === reading.near);
      return stay(
        asked,
        [
          "I did not understand that, so nothing was done.",
          ...(near === undefined ? [] : [`Is it about ${nameOf(near)}?`]),
          ...examples(runs),
        ],
        { buttons: near === undefined ? [] : [{ label: "Its status", says: `status #${near.id}` }] },
      );
    }
    default:
      return reading satisfies never;
  }
};

const allRuns = { label: "All runs", href: routes.runs.href() };

/** "1. “Nightly backup” (#3) failed 2 h ago. There is no room left." */
const failedRow = (run: SpokenRun, at: number, now: number): string =>
  `${at + 1}. ${nameOf(run)} ${isUndoFailed(run) ? "could not be undone" : "failed"} ${agoText(now - (run.endedAt ?? run.changedAt))}. ${run.error ?? run.now}`;

/** What failed and was not started anew since under the same name, of runs of which the newest stands first. */
const stillFailed = (runs: readonly SpokenRun[]): readonly SpokenRun[] => {
  const newer = new Set<string>();
  return runs.filter((run) => {
    const name = `${run.workflowId} ${fullName(run)}`;
    const isNewest = !newer.has(name);
    newer.add(name);
    return isNewest && run.state === "failed";
  });
};

const listOf = (
  { before, now }: Pick<Asked, "before" | "now">,
  says: Said,
  head: string,
  found: readonly SpokenRun[],
  row: (run: SpokenRun, at: number) => string = rowOf,
): Answer => ({
  reply: reply([head, ...found.map(row)], { buttons: numbered(found.length) }),
  remembered: { ...before, listed: { says, runs: found.map(({ id }) => id), at: now } },
});

const whichRun = (
  asked: Asked,
  says: Said,
  among: readonly string[],
  underWay: readonly SpokenRun[],
): Answer => {
  const found = among.length > 0 ? asked.runs.filter(({ id }) => among.includes(id)) : underWay;
  return found.length === 0
    ? stay(asked, ["Which run? None is under way."])
    : listOf(asked, says, "Which one? Say its number.", found);
};

const whichWorkflow = (asked: Asked, among: readonly string[]): Answer => {
  const titles = asked.engine.workflows.filter(({ id }) => among.includes(id)).map(({ title }) => title);
  return stay(asked, ["Which one?", ...titles.map((title) => `· ${title}`)], {
    buttons: titles.map((title) => ({ label: title, says: `start "${title}"` })),
  });
};

const nameless = (asked: Asked, { says, name, near }: Extract<Reading, { kind: "nameless" }>): Answer => {
  const run = asked.runs.find(({ id }) => id === near);
  const flow = asked.engine.workflows.find(({ id }) => id === near);
  const meant = run === undefined ? flow?.title : nameOf(run);
  const again = run === undefined ? `start "${flow?.title}"` : `${says} #${run.id}`;
  return stay(
    asked,
    [
      `There is no ${says === "start" ? "workflow" : "run"} called “${name}”.`,
      ...(meant === undefined ? [] : [`Did you mean ${meant}?`]),
    ],
    {
      buttons: meant === undefined ? [] : [{ label: "Yes, that one", says: again }],
      link:
        says === "start" && meant === undefined ? { label: "All workflows", href: routes.home.href() } : null,
    },
  );
};

const whyNothing = {
  "too-long": `Please say it shorter, in at most ${longestSentence} characters.`,
  negated: "There is a “not” in that, so nothing was done.",
  conditional: "I cannot do that later or on a condition, so nothing was done.",
  several: "One at a time, please: nothing was done. Name one run.",
} as const satisfies Record<Because, string>;

const examples = ([one, other]: readonly RunSummary[]): string[] => {
  const name = ({ subject, title }: RunSummary) => (subject === "" ? title : subject).slice(0, 40);
  return [
    "· what's running?",
    ...(one === undefined ? ["· what needs me?"] : [`· status of ${name(one)}`]),
    ...(other === undefined ? [] : [`· show the logs of ${name(other)}`]),
  ];
};
