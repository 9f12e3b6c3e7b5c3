import type SMTPTransport from "nodemailer/lib/smtp-transport/index.js";
import type { ConnectionValues } from "#core/connection.ts";
import { ended } from "#core/sentence.ts";
import { lineTrouble, type MailLine } from "./line-trouble.ts";

export interface Mail {
  to: string;
  subject: string;
  text: string;
  html: string;
  /** Without angle brackets: the same at every try. */
  messageId: string;
  /** Those of the thread, the first of it first. */
  references: readonly string[];
  headers: Readonly<Record<string, string>>;
}

/**
 * What a mail server said. `sent`: it has it. `unknown`: all was sent and no answer came. `busy`: not now; `no`: never for this address or
 * from this sender; `bad`: not this mail.
 */
export type MailOutcome = { was: "sent" } | { was: "unknown" | "busy" | "no" | "bad"; because: string };

export interface Mailer {
  send(mail: Mail, signal: AbortSignal): Promise<MailOutcome>;
  /** Connects and signs in, and sends nothing. Why it cannot, as a sentence; null: it can. */
  look(): Promise<string | null>;
}

interface SmtpError extends Error {
  code?: string;
  response?: string;
  responseCode?: number;
}

/** A client of the mail server of a connection. Its library is loaded at the first one, and never tries by itself again. */
export const openMailer = async (values: ConnectionValues): Promise<Mailer> => {
  const { createTransport } = await import("nodemailer");
  const { host = "", port = "", security = "", user = "", password = "", from, ca = "" } = values;
  const at = { host, port, security };
  const open = (line: Line) =>
    createTransport({
      logger: listener(line),
      debug: true,
      host,
      port: Number(port),
      secure: security === "tls",
      requireTLS: security === "starttls",
      ignoreTLS: security === "none",
      ...(user === "" ? {} : { auth: { user, pass: password } }),
      ...(ca === "" ? {} : { tls: { ca } }),
      connectionTimeout: 10_000,
      greetingTimeout: 20_000,
      socketTimeout: 20_000,
      dnsTimeout: 10_000,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  return {
    send: async ({ to, subject, text, html, messageId, references, headers }, signal) => {
      const line: Line = { took: false };
      const transport = open(line);
      const end = () => transport.close();
      signal.addEventListener("abort", end, { once: true });
      try {
        await transport.sendMail({
          from: { name: "Milepost", address: from ?? "" },
          to,
          subject,
          text,
          html,
          messageId: `<${messageId}>`,
          ...(references.length === 0
            ? {}
            : {
                inReplyTo: `<${references.at(-1)}>`,
                references: references.map((id) => `<${id}>`),
              }),
          headers: { ...headers },
        });
        return { was: "sent" };
      } catch (thrown) {
        return outcomeOf(thrown as SmtpError, at, password, line);
      } finally {
        signal.removeEventListener("abort", end);
        transport.close();
      }
    },
    look: async () => {
      const line: Line = { took: false };
      const transport = open(line);
      try {
        await transport.verify();
        return null;
      } catch (thrown) {
        const outcome = outcomeOf(thrown as SmtpError, at, password, line);
        return outcome.was === "sent" ? null : outcome.because;
      } finally {
        transport.close();
      }
    },
  };
};

/** Whether the server said that it takes the mail: from then on nobody knows what became of it, unless it says so. */
interface Line {
  took: boolean;
}

/** Hears what both sides say; the library itself does not tell how far it was when the line was cut. Nothing of it is kept. */
const listener = (line: Line): Logger => {
  // RFC 5321 (4.1.1.4): 354 is the answer to DATA.
  const hear = (entry: { tnx?: string }, said: string) => {
    if (entry.tnx === "server" && /^354\b/.test(said)) line.took = true;
  };
  const nothing = () => undefined;
  return {
    level: nothing,
    trace: nothing,
    debug: hear,
    info: nothing,
    warn: nothing,
    error: nothing,
    fatal: nothing,
  } as unknown as Logger;
};

type Logger = Exclude<NonNullable<SMTPTransport.Options["logger"]>, boolean>;

/** Codes of nodemailer, and of RFC 5321 (4.2): 4yz passes, 5yz stays. */
const outcomeOf = (
  { code = "", response, responseCode = 0, message }: SmtpError,
  at: MailLine,
  password: string,
  { took }: Line,
): MailOutcome => {
  const said = (response ?? message).replace(/\s+/g, " ").slice(0, 300);
  const words = ended(password === "" ? said : said.replaceAll(password, "•••"));
  const { host } = at;
  const because = `${host} said: ${words}`;
  if (responseCode === 421) return { was: "busy", because };
  if (code === "ETLS" || isCertificate(message))
    return { was: "no", because: `The connection to ${host} cannot be kept from others: ${words}` };
  if (code === "EAUTH")
    return {
      was: responseCode >= 400 && responseCode < 500 ? "busy" : "no",
      because: `${host} did not let us in: ${words}`,
    };
  if (responseCode >= 500) return { was: code === "EMESSAGE" ? "bad" : "no", because };
  if (responseCode >= 400) return { was: "busy", because };
  if (!took) return { was: "busy", because: lineTrouble(message, at) ?? `${host} does not answer: ${words}` };
  return { was: "unknown", because: `${host} was sent the mail and gave no answer: ${words}` };
};

const isCertificate = (message: string): boolean => /certificate|self-signed|altnames/i.test(message);
