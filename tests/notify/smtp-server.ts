import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type ParsedMail, simpleParser } from "mailparser";
import { SMTPServer, type SMTPServerOptions } from "smtp-server";

/** What the server says at which command to the next mail: a code of RFC 5321, or that the line is cut once all of it was sent. */
export type MailTrouble = { at: "rcpt" | "data" | "connect"; code: number } | "cut";

export interface MailServer {
  port: number;
  mails: ParsedMail[];
  /** How many mails it was sent, whatever became of them. */
  asked: number;
  next: MailTrouble | null;
  /** For good. */
  refuses: { at: "rcpt"; code: number } | null;
  close(): Promise<void>;
}

/** A real mail server on loopback. */
export const startMail = async (options: SMTPServerOptions = {}): Promise<MailServer> => {
  const made: Omit<MailServer, "port" | "close"> = { mails: [], asked: 0, next: null, refuses: null };
  const said = (code: number) => Object.assign(new Error(`no (${code})`), { responseCode: code });
  const troubleAt = (at: "rcpt" | "data" | "connect") => {
    const { next, refuses } = made;
    if (refuses?.at === at) return said(refuses.code);
    if (next === null || next === "cut" || next.at !== at) return null;
    made.next = null;
    return said(next.code);
  };
  const server = new SMTPServer({
    authOptional: true,
    hideSTARTTLS: true,
    disableReverseLookup: true,
    onConnect: (_session, done) => done(troubleAt("connect")),
    onRcptTo: (_address, _session, done) => {
      made.asked += 1;
      done(troubleAt("rcpt"));
    },
    onData: (stream, session, done) => {
      simpleParser(stream).then((mail) => {
        if (made.next === "cut") {
          made.next = null;
          made.mails.push(mail);
          for (const connection of server.connections as Set<{ id: string; _socket: { destroy(): void } }>)
            if (connection.id === session.id) connection._socket.destroy();
          return;
        }
        const trouble = troubleAt("data");
        if (trouble === null) made.mails.push(mail);
        done(trouble);
      }, done);
    },
    ...options,
  });
  server.on("error", () => undefined);
  server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  return Object.assign(made, {
    port: (server.server.address() as AddressInfo).port,
    close: () => new Promise<void>((resolve) => server.close(resolve)),
  });
};
