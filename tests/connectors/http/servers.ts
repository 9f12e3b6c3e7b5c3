import { once } from "node:events";
import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer } from "node:https";
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Socket,
  type Server as TcpServer,
} from "node:net";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { onTestFinished } from "vitest";
import type { Resolve } from "#connectors/http/reach.ts";
import { defaultCertificate } from "../dokploy/default-certificate.ts";
import { siteCertificate } from "./site-certificate.ts";

export const never: AbortSignal = new AbortController().signal;

interface Served {
  origin: string;
  port: number;
  /** What it was asked, in order. */
  requests: IncomingMessage[];
}

/** A real web server for one test. */
export const serve = async (answer: RequestListener, host = "127.0.0.1"): Promise<Served> =>
  begin(createServer(), "http", answer, host);

/** The same behind a certificate that nobody signed. */
export const serveTls = async (answer: RequestListener, certificate = defaultCertificate): Promise<Served> =>
  begin(createTlsServer(certificate), "https", answer, "127.0.0.1");

/** The same behind a certificate of site.example that this test trusts: no other name is believed. */
export const serveTrusted = async (answer: RequestListener): Promise<Served> => {
  const before = getCACertificates("default");
  setDefaultCACertificates([...before, siteCertificate.cert]);
  onTestFinished(() => setDefaultCACertificates(before));
  return serveTls(answer, siteCertificate);
};

const begin = async (
  server: Server,
  scheme: string,
  answer: RequestListener,
  host: string,
): Promise<Served> => {
  const requests: IncomingMessage[] = [];
  server.on("request", (request, response) => {
    requests.push(request);
    answer(request, response);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const port = await listen(server, host);
  return { origin: `${scheme}://${host}:${port}`, port, requests };
};

/** A server that answers whatever is sent to it with raw bytes, or as `onSocket` wants. */
export const serveRaw = async (answer: string | ((socket: Socket) => void)): Promise<number> => {
  const server = createTcpServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => (typeof answer === "string" ? socket.end(answer) : answer(socket)));
    onTestFinished(() => void socket.destroy());
  });
  onTestFinished(() => void server.close());
  return listen(server, "127.0.0.1");
};

/** A port at which nothing listens. */
export const closedPort = async (): Promise<number> => {
  const server = createTcpServer();
  const port = await listen(server, "127.0.0.1");
  server.close();
  await once(server, "close");
  return port;
};

const listen = async (server: TcpServer | Server, host: string): Promise<number> => {
  server.listen(0, host);
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
};

/** A resolver that knows these names only. Several answers of a name are given one after the other, the last for ever. */
export const resolverOf = (names: Readonly<Record<string, readonly (readonly string[])[]>>): Resolve => {
  const asked = new Map<string, number>();
  return (hostname, _options, callback) => {
    const answers = names[hostname];
    if (answers === undefined) {
      const error = Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: "ENOTFOUND" });
      return callback(error, []);
    }
    const turn = asked.get(hostname) ?? 0;
    asked.set(hostname, turn + 1);
    const addresses = answers[Math.min(turn, answers.length - 1)] ?? [];
    callback(
      null,
      addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 })),
    );
  };
};

/** The error that a promise rejects with; fails when it does not reject. */
export const rejection = async (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(
    (value) => {
      throw new Error(`Expected a rejection, got ${JSON.stringify(value)}`);
    },
    (thrown: unknown) => thrown,
  );
