import { AppError } from "#core/errors.ts";
import type { ChannelKind } from "#notify/channel.ts";
import type { Message } from "#notify/message.ts";
import { cutText } from "./cut-text.ts";
import { answeredSentence, postJson, takenByHook } from "./post-json.ts";
import { secretsIn, webAddress } from "./web-address.ts";

const example = "http://127.0.0.1:8000/notify/milepost";
/** Many of the services behind it take no more. */
const longest = { title: 250, body: 4_000 };

const types: Readonly<Partial<Record<Message["kind"], string>>> = {
  failed: "failure",
  finished: "success",
  "needs-you": "warning",
  slow: "warning",
  broken: "warning",
};

/** An Apprise API server (https://github.com/caronc/apprise-api): all that has no channel of its own here. */
export const appriseChannel: ChannelKind = {
  kind: "apprise",
  title: "Apprise",
  about: "Hands messages to an Apprise API server of yours, which reaches over a hundred other services.",
  through: null,
  fields: [
    {
      name: "url",
      label: "Address",
      help: "With the key of the configuration: https://your-server/notify/KEY",
      placeholder: example,
      required: true,
      secret: true,
    },
    { name: "tag", label: "Tag", help: "Only those that have it.", required: false, secret: false },
  ],
  can: { edits: false, idempotent: false, buttons: 0, leastGapMs: 1_000 },
  check: (values) => {
    const url = webAddress(values, "url", example);
    if (!/\/notify\/[^/]+\/?$/.test(url.pathname))
      throw new AppError("bad-input", `The address ends in /notify/ and the key, such as ${example}`, {
        field: "url",
      });
    return { url: url.href, tag: (values.tag ?? "").trim() };
  },
  shown: ({ tag = "" }) => (tag === "" ? "an Apprise server" : `an Apprise server, tag ${tag}`),
  send: (message, { reach, values }, signal) => {
    const url = webAddress(values, "url", example);
    const { title, sentence, percent, lines, facts, links } = message;
    const done = percent === null ? [] : [`${percent} % complete`];
    const told = [
      sentence,
      ...done,
      ...lines,
      ...facts.map(({ label, value }) => `${label}: ${value}`),
      ...links.map(({ label, href }) => `${label}: ${href}`),
    ].join("\n");
    return postJson({
      ...{ url, reach, signal, secrets: secretsIn(url) },
      headers: { accept: "application/json" },
      content: {
        title: cutText(title, longest.title),
        body: cutText(told, longest.body),
        type: types[message.kind] ?? "info",
        format: "text",
        ...(values.tag ? { tag: values.tag } : {}),
      },
      means: (answer) => {
        const { status } = answer;
        if (status === 204)
          return { was: "dead", because: "Apprise has nobody to tell under this key and tag." };
        if (status >= 200 && status < 300) return takenByHook(answer, "Apprise");
        // Some of them may have it.
        if (status === 424)
          return {
            was: "refused",
            because: "Apprise could not reach at least one of the services behind it.",
          };
        const because = answeredSentence(answer);
        return [401, 403, 404].includes(status) ? { was: "dead", because } : { was: "refused", because };
      },
    });
  },
};
