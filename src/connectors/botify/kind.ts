import { isLoopbackHost } from "#connectors/http/zones.ts";
import type { ConnectionKind, ConnectionReport, ConnectionValues } from "#core/connection.ts";
import { AppError } from "#core/errors.ts";
import type { Moments } from "#core/moments.ts";

export const botifyBaseUrl = "https://api.botify.com/v1";

/** A test counts with the requests of all runs: Botify counts per account. */
export const createBotifyKind = (moments: Moments | null): ConnectionKind => ({
  kind: "botify",
  title: "Botify",
  about: "Exports the URLs of your crawls from Botify, or from a server that speaks the same API.",
  fields: [
    {
      name: "baseUrl",
      label: "API address",
      help: "Leave it as it is unless you run a Botify-compatible server of your own.",
      placeholder: botifyBaseUrl,
      preset: botifyBaseUrl,
      required: true,
      secret: false,
    },
    {
      name: "token",
      label: "API token",
      help: "Your “Main Token” from https://app.botify.com/account. It opens all that you may see there, and is kept sealed here.",
      required: true,
      secret: true,
    },
  ],

  check: (values) => ({ baseUrl: checkedBaseUrl(values), token: checkedToken(values) }),

  async test(values, signal): Promise<ConnectionReport> {
    const { createBotify } = await import("./client.ts");
    const start = performance.now();
    const report = (
      ok: boolean,
      sentence: string,
      facts: ConnectionReport["facts"] = [],
    ): ConnectionReport => ({
      ok,
      sentence,
      latencyMs: Math.round(performance.now() - start),
      facts,
    });
    try {
      const botify = createBotify({ baseUrl: checkedBaseUrl(values), token: checkedToken(values), moments });
      const { username } = await botify.profile(signal);
      return report(true, `Signed in as ${username}.`, [
        { label: "User", value: username },
        { label: "API", value: botify.baseUrl.host },
      ]);
    } catch (thrown) {
      if (!(thrown instanceof AppError) || thrown.code === "cancelled" || thrown.code === "internal")
        throw thrown;
      return report(false, thrown.message, thrown.detail ? [{ label: "Answer", value: thrown.detail }] : []);
    }
  },
});

const checkedBaseUrl = (values: ConnectionValues): string => {
  const wrong = (why: string) => new AppError("bad-input", why, { field: "baseUrl" });
  const typed = (values.baseUrl ?? "").trim();
  if (!URL.canParse(typed))
    throw wrong(`The API address is no web address. Botify's own is ${botifyBaseUrl}`);
  const url = new URL(typed);
  if (url.username !== "" || url.password !== "" || url.search !== "" || url.hash !== "") {
    throw wrong(`The API address holds more than host and path. Botify's own is ${botifyBaseUrl}`);
  }
  const plainButHere = url.protocol === "http:" && isLoopbackHost(url.hostname);
  if (url.protocol !== "https:" && !plainButHere)
    throw wrong("The API address must begin with https://, so that nobody on the way can read the token.");
  return url.href.replace(/\/+$/, "");
};

const checkedToken = (values: ConnectionValues): string => {
  const token = (values.token ?? "").trim().replace(/^Token\s+/i, "");
  if (!/^[\x21-\x7e]+$/.test(token)) {
    throw new AppError(
      "bad-input",
      "The token is missing or holds spaces or other characters that no token has. Copy it again.",
      { field: "token" },
    );
  }
  return token;
};
