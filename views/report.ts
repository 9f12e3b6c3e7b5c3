import type { Values } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { durationText } from "#views/clock-words.js";
import { dateText } from "./format.ts";
import { trimmedSentence } from "./run/trimmed.ts";
import { runWord, stepWord } from "./words.ts";

/** A part of a report, the same for a text, a page or a file: facts, each with its label, then paragraphs as they are. */
export interface ReportSection {
  title: string;
  facts: readonly { label: string; value: string }[];
  paragraphs: readonly string[];
}

export interface Reported {
  picture: RunPicture;
  /** What was typed to start it, without its secrets. */
  values: Values;
  /** Of Milepost: "0.2.0". */
  version: string;
  /** When the report was asked for. */
  now: number;
}

/** What somebody else needs to know to see how a run went, or why it did not. Its log is not in it. */
export const reportOf = ({ picture, values, version, now }: Reported): ReportSection[] => [
  {
    title: `${picture.title} #${picture.number}: ${picture.subject}`,
    facts: [
      { label: "State", value: runWord(picture).word },
      { label: "Started", value: picture.startedAt === null ? "not yet" : dateText(picture.startedAt) },
      ...(picture.endedAt === null ? [] : [{ label: "Ended", value: dateText(picture.endedAt) }]),
      { label: "By", value: picture.createdBy },
      { label: "Run", value: picture.id },
      { label: "Milepost", value: version },
      { label: "Report of", value: dateText(now) },
    ],
    paragraphs: [picture.outcome?.sentence, trimmedSentence(picture)].filter(
      (one) => typeof one === "string",
    ),
  },
  ...failureOf(picture),
  {
    title: "Input",
    facts: Object.entries(values).map(([label, value]) => ({ label, value: [value].flat().join(", ") })),
    paragraphs: ["Secrets are left out."],
  },
  {
    title: "Steps",
    facts: picture.steps.map((step) => ({
      label: `${step.number}. ${step.title}`,
      value: [
        stepWord(step).word,
        ...(step.attempt > 1 ? [`attempt ${step.attempt}`] : []),
        ...(step.startedAt === null ? [] : [`from ${dateText(step.startedAt)}`]),
        ...(step.endedAt === null ? [] : [`to ${dateText(step.endedAt)}`]),
        ...(step.activeMs === 0 ? [] : [`worked ${durationText(step.activeMs)}`]),
        ...(step.detail === null ? [] : [step.detail]),
      ].join(", "),
    })),
    paragraphs: [],
  },
];

const failureOf = ({ error, ended, steps }: RunPicture): ReportSection[] => {
  const why = error ?? ended?.error ?? null;
  if (why === null) return [];
  const step = steps.find(({ id }) => id === why.stepId);
  return [
    {
      title: "Why it failed",
      facts: step === undefined ? [] : [{ label: "Step", value: `${step.number}. ${step.title}` }],
      paragraphs: [why.message, ...(why.detail === undefined || why.detail === null ? [] : [why.detail])],
    },
  ];
};

/** A report as text, in the shape of Markdown, so that it can be pasted anywhere. */
export const reportText = (sections: readonly ReportSection[]): string =>
  sections
    .map(({ title, facts, paragraphs }, index) =>
      [
        `${index === 0 ? "#" : "##"} ${title}`,
        facts.map(({ label, value }) => `- ${label}: ${value}`).join("\n"),
        ...paragraphs,
      ]
        .filter((part) => part !== "")
        .join("\n\n"),
    )
    .join("\n\n");
