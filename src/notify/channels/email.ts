import { domainToASCII } from "node:url";
import { isAddress } from "#connectors/smtp/kind.ts";
import { type Mail, type MailOutcome, openMailer } from "#connectors/smtp/mailer.ts";
import type { ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { ChannelKind, Outcome } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { htmlOf, textOf } from "./mail-body.ts";

const greylistedMs = 5 * 60_000;

/** Mails, one thread for each run. They cannot be edited, so only what matters is sent. */
export const emailChannel: ChannelKind = {
  kind: "email",
  title: "E-mail",
  about: "One thread for each run. What asks for an approval has links to a page where you decide.",
  through: "smtp",
  fields: [{ name: "to", label: "Address", placeholder: "ann@example.org", required: true, secret: false }],
  can: { edits: false, idempotent: false, buttons: 2, leastGapMs: 1_000 },
  from: "mail",
  usualWants: { live: false, slow: false, overMs: 10 * 60_000 },
  check: ({ to = "" }) => {
    if (isAddress(to.trim())) return { to: to.trim() };
    throw new AppError("bad-input", "Give an address such as ann@example.org.", { field: "to" });
  },
  shown: ({ to = "" }) => to,
  send: async (message, { values, through }, signal) => {
    const mailer = await openMailer(through);
    return told(await mailer.send(mailOf(message, values, through), signal));
  },
};

const mailOf = (message: Message, { to = "" }: ConnectionValues, { from = "" }: ConnectionValues): Mail => {
  // An id of a mail is ASCII, whatever the domain is written in.
  const host = domainToASCII(from.slice(from.lastIndexOf("@") + 1));
  const { thread, id } = message;
  const root = thread === null ? null : `run.${thread.id}@${host}`;
  return {
    to,
    subject: subjectOf(message),
    text: textOf(message),
    html: htmlOf(message),
    messageId: root !== null && thread?.first === true ? root : `message.${id}@${host}`,
    references: root === null || thread?.first === true ? [] : [root],
    // RFC 3834: so that no out-of-office note answers, and no loop begins.
    headers: { "Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "All" },
  };
};

/** Mail programs begin a new thread with a new subject, so only what has to be seen has one of its own. */
const subjectOf = ({ kind, title }: Message): string => {
  if (kind === "needs-you") return `Needs you: ${title}`;
  return kind === "failed" ? `Failed: ${title}` : title;
};

const told = (outcome: MailOutcome): Outcome => {
  switch (outcome.was) {
    case "sent":
      return { was: "delivered", remote: null };
    case "unknown":
      return { was: "ambiguous", because: outcome.because };
    case "busy":
      return { was: "later", because: outcome.because, afterMs: greylistedMs };
    case "no":
      return { was: "dead", because: outcome.because };
    case "bad":
      return { was: "refused", because: outcome.because };
    default:
      return outcome satisfies never;
  }
};
