import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { can, hiddenFrom } from "#core/rights.ts";
import { isAnyOf } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import { bearerIn, type Identify, isForPrograms, secretIn } from "./door.ts";
import { type ForReader, forReader } from "./encoded.ts";
import type { Gates } from "./gates.ts";
import type { Counters } from "./live/counters.ts";
import type { Poll, Told } from "./live/poll.ts";
import type { PublicNames } from "./public-names.ts";
import { strictHeaders, uncached } from "./security.ts";
import { turnAway } from "./turn-away.ts";
import { isStream } from "./turnstile.ts";

/** Answers a request, or an upgrade of this socket to WebSockets, or passes it on untouched. */
export type Front = (incoming: IncomingMessage, outgoing: ServerResponse | Duplex, pass: () => void) => void;

/** Whoever looks after the server is told also while it has much to do. */
const isHealth = isAnyOf([routes.healthy, routes.ready]);

interface FrontDeps {
  names: PublicNames;
  identify: Identify;
  gates: Gates;
  /** The name of the cookie that keeps a session, at a host. */
  cookieAt(host: string | undefined): string;
  polls: readonly Poll[];
  counters: Counters;
}

/**
 * Stands in front of the router and answers what open pages ask every two seconds, for somebody who is signed in, exactly as the router
 * would; whatever is not as simple as that is the router's. Programs that ask for more than one may are refused here, and what one person asks
 * at once reaches the router in turns with what others ask.
 */
export const createFront = (deps: FrontDeps): Front => {
  const { names, identify, cookieAt, polls, counters } = deps;
  const { tries, turnstile, turns } = deps.gates;
  const find = ({ method, url = "" }: IncomingMessage) => {
    const at = url.indexOf("?");
    if (method !== "GET" || at < 0 || url.lastIndexOf("%", at) >= 0) return null;
    const path = url.slice(0, at);
    for (const poll of polls) {
      const params = poll.route.read(path);
      if (params === null) continue;
      const query = new URLSearchParams(url.slice(at));
      const told: Told = (name) => query.get(name) ?? undefined;
      return poll.isPoll?.(told) === false ? null : { poll, params, told };
    }
    return null;
  };
  const answer = async (
    { poll, params, told }: NonNullable<ReturnType<typeof find>>,
    { headers: { authorization, host, cookie, "accept-encoding": accepts } }: IncomingMessage,
    outgoing: ServerResponse,
  ): Promise<boolean> => {
    const bearer = bearerIn(authorization);
    if (bearer === null ? !names.isOwn(host) : !tries.wasRight(bearer)) return false;
    const who = await identify(authorization, cookie, host);
    if (who === null || !can(who, "read", null)) return false;
    // From whom something is hidden, the router keeps it.
    if (Object.keys(params).length > 0 && hiddenFrom(who).length > 0) return false;
    const fragment = await poll.lacks(params, told, who);
    if (fragment === null) {
      // HTTP/1.1 keeps connections without being told, and this is the one answer that is sent all the time.
      outgoing.removeHeader("Connection");
      outgoing.writeHead(204, uncached).end();
    } else {
      const { head, text } = readyOf(await forReader(fragment, accepts));
      outgoing.writeHead(200, head).end(text, "latin1");
    }
    counters.requests["2xx"] += 1;
    return true;
  };
  const known = ({ headers: { authorization, cookie, host } }: IncomingMessage) => {
    const secret = secretIn(authorization, cookie, cookieAt(host));
    return secret === null || (bearerIn(authorization) === null && !names.isOwn(host))
      ? null
      : turnstile.knows(secret);
  };
  return (incoming, outgoing, pass) => {
    const found = "writeHead" in outgoing ? find(incoming) : null;
    // What fails here fails in the router too, which says so in words.
    if (found !== null)
      return void answer(found, incoming, outgoing as ServerResponse).then((done) => done || pass(), pass);
    const { method = "", url = "", socket } = incoming;
    const [path = ""] = url.split("?", 1);
    if (isHealth(path)) return pass();
    const who = known(incoming);
    // Pages are the router's to refuse, in a page.
    const isProgram =
      bearerIn(incoming.headers.authorization) !== null || isForPrograms(path) || isStream(path);
    const goOn = () => {
      outgoing.off("error", ignored);
      if (outgoing.destroyed) return;
      const tooMuch =
        who === null || !isProgram
          ? null
          : turnstile.tooMuch(who, incoming, { method, path, stays: outgoing });
      if (tooMuch === null) return pass();
      counters.requests["4xx"] += 1;
      turnAway(incoming, outgoing, tooMuch);
    };
    // Nobody else listens to it yet.
    outgoing.on("error", ignored);
    turns(who === null ? `at ${socket.remoteAddress}` : who.person.id, goOn);
  };
};

const ignored = () => {};

const fragmentHeaders = { ...uncached, ...strictHeaders, "Content-Type": "text/html; charset=utf-8" };

interface Ready {
  head: Record<string, string | number>;
  /** The bytes; as a text they leave together with the head. */
  text: string;
}

/** Made once however many are sent it. */
const ready = new WeakMap<ForReader, Ready>();

const readyOf = (sent: ForReader): Ready => {
  const there = ready.get(sent);
  if (there !== undefined) return there;
  const { bytes, headers } = sent;
  const made = {
    head: { ...fragmentHeaders, ...headers, "Content-Length": bytes.length },
    text: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"),
  };
  ready.set(sent, made);
  return made;
};
