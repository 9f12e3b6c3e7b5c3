import { isLoopbackHost } from "#connectors/http/zones.ts";
import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import { openMailer } from "./mailer.ts";

/** How the way to a mail server is kept from others: TLS begun on a plain connection, TLS from the first byte, or not at all. */
export const securities = ["starttls", "tls", "none"] as const;
export type Security = (typeof securities)[number];

export const smtpKind: ConnectionKind = {
  kind: "smtp",
  title: "Mail server (SMTP)",
  about:
    "Sends people's notifications. A relay of your provider's lands in fewer spam folders than a server at home.",
  fields: [
    { name: "host", label: "Server", placeholder: "smtp.example.org", required: true, secret: false },
    { name: "port", label: "Port", preset: "587", required: true, secret: false },
    {
      name: "security",
      label: "Encryption",
      help: "Without any, only to a server on this machine.",
      preset: "starttls",
      required: true,
      secret: false,
      options: [
        { value: "starttls", label: "STARTTLS, required (port 587)" },
        { value: "tls", label: "TLS from the start (port 465)" },
        { value: "none", label: "None (this machine only)" },
      ],
    },
    {
      name: "user",
      label: "User name",
      help: "Left empty where the server asks for none.",
      required: false,
      secret: false,
    },
    { name: "password", label: "Password", required: false, secret: true },
    {
      name: "from",
      label: "Sender",
      help: "The address that mails come from; the server has to allow it.",
      placeholder: "milepost@example.org",
      required: true,
      secret: false,
      leads: false,
    },
    {
      name: "ca",
      label: "Certificate authority",
      help: "In PEM form, where the server's certificate is signed by one of your own.",
      required: false,
      secret: false,
      multiline: true,
    },
  ],

  check: (values) => {
    const { host, port, security, from } = {
      host: (values.host ?? "").trim(),
      port: (values.port ?? "").trim(),
      security: (values.security ?? "").trim(),
      from: (values.from ?? "").trim(),
    };
    if (!/^[\w.:-]{1,253}$/.test(host))
      throw wrong("host", "Give the name or the address of the mail server.");
    if (!/^\d{1,5}$/.test(port) || Number(port) < 1 || Number(port) > 65_535)
      throw wrong("port", "A port is a number from 1 to 65535; mail servers mostly listen on 587 or 465.");
    if (!(securities as readonly string[]).includes(security))
      throw wrong("security", "Choose one of the ways of encryption.");
    if (security === "none" && !isLoopbackHost(host))
      throw wrong("security", "Mails and passwords must not travel in the clear, except on this machine.");
    if (!isAddress(from)) throw wrong("from", "Give an address such as milepost@example.org.");
    const user = (values.user ?? "").trim();
    return {
      host,
      port,
      security,
      user,
      password: values.password ?? "",
      from,
      ca: (values.ca ?? "").trim(),
    };
  },

  async test(values: ConnectionValues): Promise<ConnectionReport> {
    const start = performance.now();
    const refused = await (await openMailer(values)).look();
    return {
      ok: refused === null,
      sentence:
        refused ??
        `${values.host} lets us in. Whether mails arrive, the test button of an e-mail channel tells.`,
      latencyMs: Math.round(performance.now() - start),
      facts: [],
    };
  },
};

/** Whether it is an e-mail address as people write them: nothing else may come into a header or an envelope. */
export const isAddress = (text: string): boolean =>
  text.length <= 254 && /^[^\s@<>(),;:"\\[\]]{1,64}@[^\s@<>(),;:"\\[\]]+$/u.test(text);

const wrong = (field: string, sentence: string) => new AppError("bad-input", sentence, { field });
