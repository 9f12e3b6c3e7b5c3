import { openSlack, openSlackApp } from "#connectors/slack/kind.ts";
import type { ConnectionValues } from "#core/connection.ts";
import type { Heard, Mouth } from "#messengers/hearing.ts";
import type { Line, LineDeps } from "#messengers/line.ts";
import { type Envelope, type HeardThere, heardIn } from "./envelopes.ts";
import { createSlackMouth } from "./mouth.ts";
import { hearSlack } from "./socket.ts";

/** An app that people write to. */
export const openSlackLine = (values: ConnectionValues, deps: LineDeps): Line => {
  const { connectionId, absolute, signal, hear, clock } = deps;
  const mouth = createSlackMouth(openSlack(values), absolute, signal);
  let ended: Promise<void> = Promise.resolve();
  const mouthFor = ({ heard, thread, privately }: HeardThere): Mouth => ({
    say: async (line) => {
      const isCommand = heard.what.does === "says" && privately !== null;
      if (!isCommand) return mouth.say(heard.from.chat, thread, line);
      await mouth.whisper(privately, line);
      return null;
    },
    hint: async (text) => {
      if (text === "" || privately === null) return;
      await mouth.whisper(privately, { lines: [text], link: null, buttons: [], at: clock.now() });
    },
  });
  const take = async (envelope: Envelope): Promise<void> => {
    const there = heardIn(envelope, connectionId);
    if (there === null) return;
    await hear(await named(there.heard), mouthFor(there));
  };
  const names = new Map<string, string>();
  /** Messages tell who wrote them by an id only. */
  const named = async (heard: Heard): Promise<Heard> => {
    const [, user = ""] = heard.from.id.split("/");
    if (heard.from.name !== user) return heard;
    const name = names.get(user) ?? (await mouth.nameOf(user).catch(() => user));
    names.set(user, name);
    return { ...heard, from: { ...heard.from, name } };
  };
  return {
    begin: () => {
      ended = hearSlack({ ...deps, app: openSlackApp(values), take }, signal);
    },
    get ended() {
      return ended;
    },
    show: (_chat, remote, line) => mouth.show(remote, line),
    invite: () => null,
  };
};
