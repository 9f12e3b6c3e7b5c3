import { followedOf } from "#chat/told.ts";
import { waitsFor } from "#core/answerers.ts";
import { approvalIn } from "#core/approval.ts";
import { farRefusal } from "#core/from-afar.ts";
import { type Delivery, reminds } from "#core/notify.ts";
import type { RunPicture, StepPicture } from "#core/picture.ts";
import { routes } from "#core/routes.ts";
import { ended, together } from "#core/sentence.ts";
import { staysOf } from "#core/step.ts";
import { durationText } from "#views/clock-words.js";
import { shortText, visibleText } from "#views/format.ts";
import { isUndoFailed, runWord } from "#views/words.ts";
import { type Decisions, decidedSentence } from "./decisions.ts";
import type { Button, Message } from "./message.ts";
import { timeIn } from "./quiet.ts";

/** What a message about a run is drawn from. */
export interface About {
  delivery: Pick<Delivery, "id" | "kind" | "stepId" | "createdAt" | "key">;
  picture: RunPicture;
  /** Its question is still the open one. */
  isOpen: boolean;
  /** Only a person in a browser may answer it. */
  personOnly: boolean;
  /** Why it was undone: "Ann asked for it"; null where it was not, or nobody knows. */
  undoneBecause: string | null;
  /** No message of this run went to this channel before. */
  isFirst: boolean;
  /** IANA name. */
  zone: string;
  now: number;
}

export interface Drawing {
  decisions: Pick<Decisions, "tokenFor">;
  /** An address of ours as people reach it from anywhere: "https://milepost.example.org/runs/…". */
  absolute(path: string): string;
}

const longestTitle = 100;
const longestSentence = 600;
const longestFact = 300;
const minute = 60_000;
const day = 24 * 60 * minute;

/** A message about a run as it stands now. Secrets are not in pictures, and log lines are never told. */
export const compose = (about: About, drawing: Drawing): Message => {
  const { delivery, picture, isFirst, now } = about;
  const { sentence, lines = [], facts = [], links = [], ...more } = told(about, drawing);
  const runPage = { label: "Open the run", href: drawing.absolute(routes.run.href({ id: picture.id })) };
  return {
    id: delivery.id,
    kind: delivery.kind,
    urgency: delivery.kind === "needs-you" && about.isOpen ? "urgent" : "normal",
    title: cut(picture.subject === "" ? picture.title : `${picture.title}: ${picture.subject}`, longestTitle),
    sentence: cut(sentence, longestSentence),
    lines: lines.map((line) => cut(line, longestFact)),
    facts: facts.map(({ label, value }) => ({ label, value: cut(value, longestFact) })),
    percent: null,
    links: [runPage, ...links],
    buttons: [],
    thread: { id: picture.id, first: isFirst },
    expiresAt: now + day,
    at: now,
    ...more,
  };
};

type Told = Pick<Message, "sentence"> & Partial<Omit<Message, "id" | "kind" | "title">>;

const told = (about: About, drawing: Drawing): Told => {
  const { delivery, picture, now } = about;
  switch (delivery.kind) {
    case "needs-you":
      return about.isOpen ? asking(about, drawing) : decided(about);
    case "failed":
      return failed(picture, drawing);
    case "finished":
      return finished(picture, drawing);
    case "cancelled":
      return { sentence: cancelledSentence(picture, about.undoneBecause), urgency: "quiet" };
    case "slow": {
      const sign = picture.signs.find(({ stepId }) => stepId === delivery.stepId) ?? picture.signs[0];
      return { sentence: sign?.sentence ?? "It goes on as usual again.", urgency: "quiet" };
    }
    case "live": {
      const [sentence = "", ...lines] = followedOf(picture);
      const percent = picture.percentKnown ? picture.percent : null;
      return { sentence, lines, percent, urgency: "quiet", expiresAt: now + 5 * minute };
    }
    case "broken":
    case "digest":
      throw new Error(`a message of kind ${delivery.kind} is about no run`);
    default:
      return delivery.kind satisfies never;
  }
};

const stepOf = ({ delivery, picture }: About): StepPicture | undefined =>
  picture.steps.find(({ id }) => id === delivery.stepId);

const asking = (about: About, drawing: Drawing): Told => {
  const { delivery, picture, personOnly, zone, now } = about;
  const step = stepOf(about);
  if (step === undefined) return { sentence: "It waits for an answer." };
  const approval = approvalIn(step);
  const place = `step ${step.number} of ${picture.total}: ${step.title}`;
  const isReminder = reminds(delivery) !== null;
  const since =
    isReminder && step.askedAt !== null ? ` It has waited since ${timeIn(zone, step.askedAt)}.` : "";
  const holds = step.waiting?.for === "answer" ? step.waiting : null;
  const who = step.form === null ? null : waitsFor(step.form);
  const facts = [
    ...(approval === null
      ? []
      : [
          { label: "Risk", value: approval.risk },
          ...(approval.impact.length === 0 ? [] : [{ label: "Touches", value: together(approval.impact) }]),
        ]),
    ...(who === null ? [] : [{ label: "For", value: who }]),
    ...(holds === null
      ? []
      : [{ label: "Until", value: `${timeIn(zone, holds.nextAt)} (${zone}). ${holds.word}` }]),
  ];
  const refused = farRefusal({ form: step.form, personOnly });
  const sentence =
    approval === null
      ? `It asks at ${ended(place)}${since}`
      : `Approval required at ${ended(place)} ${ended(approval.what)}${since}`;
  return {
    sentence: refused === null || approval === null ? sentence : `${sentence} ${refused}`,
    facts,
    buttons: approval === null || refused !== null ? [] : buttonsFor(delivery.id, drawing),
    expiresAt: holds?.nextAt ?? now + 7 * day,
  };
};

const buttonsFor = (id: string, { decisions, absolute }: Drawing): Button[] =>
  (["approve", "reject"] as const).map((verb) => {
    const token = (purpose: Parameters<Decisions["tokenFor"]>[2]) => decisions.tokenFor(id, verb, purpose);
    return {
      verb,
      label: verb === "approve" ? "Approve" : "Reject",
      token: token("press"),
      page: absolute(routes.decide.href({ token: token("page") })),
      act: absolute(routes.decideNow.href({ token: token("act") })),
    };
  });

/** "Approved by Ann in Slack, 14:02." */
const decided = (about: About): Told => {
  const step = stepOf(about);
  if (step === undefined) return { sentence: "It asks no more.", urgency: "quiet" };
  const at = step.endedAt ?? about.picture.changedAt;
  const said = decidedSentence(step).replace(/\.$/, "");
  // What was answered says of itself no more than itself; an approval says that it is one.
  const sentence = said === step.detail && !/^Approved by /.test(said) ? `“${step.title}”: ${said}` : said;
  return { sentence: `${sentence}, ${timeIn(about.zone, at)}.`, urgency: "quiet" };
};

const failed = (picture: RunPicture, { absolute }: Drawing): Told => {
  const step = picture.steps.find(({ state }) => state === "failed");
  const because = picture.error?.message ?? step?.error?.message ?? "";
  const place = step === undefined ? "" : ` at step ${step.number} of ${picture.total}: ${step.title}`;
  const what = isUndoFailed(picture) ? runWord(picture).word : `It failed${place}`;
  return {
    sentence: `${ended(what)} ${because === "" ? "" : ended(because)}${removed(picture)}`,
    facts: took(picture),
    links: [{ label: "Its log", href: absolute(routes.log.href({ id: picture.id })) }],
  };
};

const finished = (picture: RunPicture, { absolute }: Drawing): Told => {
  const { outcome, export: row } = picture;
  const file =
    row === null || row.fileName === null
      ? []
      : [{ label: row.fileName, href: absolute(routes.exportFile.href({ id: row.id })) }];
  // A link that leads elsewhere is the workflow's; one of ours is made whole.
  const links = (outcome?.links ?? []).flatMap(({ label, href }) => {
    if (/^https?:\/\//.test(href)) return [{ label, href }];
    return href.startsWith("/") ? [{ label, href: absolute(href) }] : [];
  });
  return {
    sentence: outcome?.sentence ?? "It is completed: all its steps are done.",
    facts: [...(outcome?.facts ?? []).flatMap(asFact), ...took(picture)],
    links: [...file, ...links],
    urgency: "quiet",
  };
};

const asFact = ({ label, value }: { label: string; value: unknown }) =>
  typeof value === "string" || typeof value === "number" ? [{ label, value: String(value) }] : [];

const took = ({ startedAt, endedAt }: RunPicture) =>
  startedAt === null || endedAt === null ? [] : [{ label: "Took", value: durationText(endedAt - startedAt) }];

const cancelledSentence = (picture: RunPicture, undoneBecause: string | null): string => {
  const { cancel, state } = picture;
  if (state === "undone")
    return `It was undone${stillThere(picture) ?? ": what it had made is removed."}${undoneBecause === null ? "" : ` ${ended(undoneBecause)}`}`;
  const by = cancel === null ? "" : ` by ${cancel.by}`;
  return `It was cancelled${by}.${removed(picture)}${cancel?.note == null ? "" : ` ${cancel.note}`}`;
};

const removed = (picture: RunPicture): string => {
  if (picture.state === "undoing") return " What it made is being removed.";
  if (picture.undoneAt === null) return "";
  return stillThere(picture) === null
    ? " What it had made is removed again."
    : ` It was undone${stillThere(picture)}`;
};

/** Ends "It was undone" where something is left of what it made; null where nothing is. */
const stillThere = ({ steps }: RunPicture): string | null => {
  const stays = staysOf(steps);
  return stays === null ? null : `, but some of what it made is still there: ${stays}`;
};

const cut = (text: string, length: number): string => shortText(visibleText(text).trim(), length);
