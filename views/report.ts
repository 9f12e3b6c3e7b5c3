import { type Channel, channelWords, type Decision } from "#core/answerers.ts";
import type { Export } from "#core/exports.ts";
import type { Values } from "#core/form.ts";
import type { RunPicture } from "#core/picture.ts";
import { countText } from "#core/plural.ts";
import { isMade } from "#core/rules.ts";
import { withTexts } from "#core/shared-run.ts";
import { durationText } from "#views/clock-words.js";
import { bytesText, dateText } from "./format.ts";
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
  /** What was typed to start it, without its secrets and what was typed into private fields. */
  values: Values;
  /** The steps at which people decided, each with who they were. */
  decided: readonly { title: string; decisions: readonly Decision[] }[];
  /** Of Milepost: "0.2.0". */
  version: string;
  /** When the report was asked for. */
  now: number;
}

/** What somebody else needs to know to see how a run went, or why it did not. Its log is not in it. */
export const reportOf = ({ picture, values, decided, version, now }: Reported): ReportSection[] => [
  {
    title: `${picture.title} #${picture.number}: ${picture.subject}`,
    facts: [
      { label: "State", value: runWord(picture).word },
      { label: "Started", value: picture.startedAt === null ? "not yet" : dateText(picture.startedAt) },
      ...(picture.endedAt === null ? [] : [{ label: "Ended", value: dateText(picture.endedAt) }]),
      { label: "By", value: picture.createdBy },
      { label: "Run", value: picture.id },
      { label: "Milepost", value: version },
      { label: "Report made", value: dateText(now) },
    ],
    paragraphs: [picture.outcome?.sentence, trimmedSentence(picture)].filter(
      (one) => typeof one === "string",
    ),
  },
  ...failureOf(picture),
  {
    title: "Input",
    facts: Object.entries(values).map(([label, value]) => ({ label, value: [value].flat().join(", ") })),
    paragraphs: ["Secrets and what was typed into private fields are left out."],
  },
  {
    title: "Steps",
    facts: picture.steps.map((step) => ({
      label: `${step.number}. ${step.title}`,
      value: `${[
        stepWord(step).word,
        ...(step.attempt > 1 ? [`attempt ${step.attempt}`] : []),
        ...(step.startedAt === null ? [] : [`from ${dateText(step.startedAt)}`]),
        ...(step.endedAt === null ? [] : [`to ${dateText(step.endedAt)}`]),
        ...(step.activeMs === 0 ? [] : [`worked ${durationText(step.activeMs)}`]),
        ...(step.usualMs === null ? [] : [`usually ${durationText(step.usualMs)}`]),
      ].join(", ")}${step.detail === null ? "" : `. ${step.detail}`}`,
    })),
    paragraphs: [],
  },
  ...madeBy(picture),
  ...approvalsOf(decided),
];

/** What there is now that was not there before, as far as the run knows. */
const madeBy = ({ outcome, export: file, steps }: RunPicture): ReportSection[] => {
  const facts = [
    ...(outcome?.facts ?? []),
    ...(outcome?.links ?? []).map(({ label, href }) => ({ label, value: href })),
    ...(file === null || file.status !== "ready" ? [] : fileFacts(file)),
    ...steps
      .filter(isMade)
      .map(({ title, detail }) => ({ label: title, value: detail ?? "made, and can be undone" })),
  ];
  return facts.length === 0 ? [] : [{ title: "What was made", facts, paragraphs: [] }];
};

const fileFacts = ({ fileName, sizeBytes, rows, sha256 }: Export) =>
  [
    { label: "File", value: fileName },
    { label: "Size", value: sizeBytes === null ? null : bytesText(sizeBytes) },
    { label: "Rows", value: rows === null ? null : countText(rows) },
    { label: "sha256", value: sha256 },
  ].flatMap(({ label, value }) => (value === null ? [] : [{ label, value }]));

const approvalsOf = (decided: Reported["decided"]): ReportSection[] => {
  const facts = decided.flatMap(({ title, decisions }) =>
    decisions.map(({ by, at, channel, comment }) => ({
      label: title,
      value: `${by}, ${dateText(at)}, ${howWords[channel]}${comment === null ? "" : `: ${comment}`}`,
    })),
  );
  return facts.length === 0 ? [] : [{ title: "Approvals", facts, paragraphs: [] }];
};

const howWords: Record<Channel, string> = {
  ...channelWords,
  page: "on the page",
  API: "by the API",
  token: "with a token",
  agent: "by an agent",
  chat: "in a chat",
};

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

/** The same for programs that read Markdown: what stands in a report is text there, too. */
export const reportMarkdown = (sections: readonly ReportSection[]): string =>
  `${reportText(withTexts(sections, asMarkdown))}\n`;

/** CommonMark, section 2.4: any of its signs is itself behind a backslash. */
const asMarkdown = (text: string): string =>
  text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|~&!+-]/g, (sign) => `\\${sign}`);

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
