import { describe, expect, it } from "vitest";
import { botifyBaseUrl, createBotifyKind } from "#connectors/botify/kind.ts";
import type { Moments } from "#core/moments.ts";
import { never } from "../http/servers.ts";
import { json, serve } from "./server.ts";

const botifyKind = createBotifyKind(null);

describe("the Botify connection", () => {
  it("tidies what was pasted", () => {
    expect(botifyKind.check({ baseUrl: ` ${botifyBaseUrl}/ `, token: " Token abc " })).toEqual({
      baseUrl: botifyBaseUrl,
      token: "abc",
    });
    expect(botifyKind.check({ baseUrl: "http://127.0.0.1:4001/v1", token: "x" }).baseUrl).toBe(
      "http://127.0.0.1:4001/v1",
    );
  });

  it.each([
    ["http://api.botify.com/v1", "x", "baseUrl"],
    ["ftp://127.0.0.1/", "x", "baseUrl"],
    ["https://me:secret@api.botify.com/v1", "x", "baseUrl"],
    ["botify", "x", "baseUrl"],
    [botifyBaseUrl, "", "token"],
    [botifyBaseUrl, "two words", "token"],
  ])("refuses %s with token “%s” at the field %s", (baseUrl, token, field) => {
    expect(() => botifyKind.check({ baseUrl, token })).toThrow(
      expect.objectContaining({ code: "bad-input", field }),
    );
  });

  it("says who is signed in", async () => {
    const { origin } = await serve((_, response) => json(response, { data: { username: "jane.doe" } }));
    expect(await botifyKind.test({ baseUrl: `${origin}/v1`, token: "x" }, never)).toMatchObject({
      ok: true,
      sentence: "Signed in as jane.doe.",
    });
  });

  it("counts its test with what all nodes ask of the account", async () => {
    const { origin } = await serve((_, response) => json(response, { data: { username: "jane.doe" } }));
    const agreed: string[] = [];
    const moments: Moments = {
      agree: async (key, decide) => {
        agreed.push(key);
        return decide(null, 0).says;
      },
    };
    await createBotifyKind(moments).test({ baseUrl: `${origin}/v1`, token: "x" }, never);
    expect(agreed).toHaveLength(1);
  });

  it("says what is wrong with the token instead of throwing", async () => {
    const { origin } = await serve((_, response) =>
      json(response, { error: { message: "Invalid token", error_code: "1001" } }, 401),
    );
    expect(await botifyKind.test({ baseUrl: `${origin}/v1`, token: "x" }, never)).toMatchObject({
      ok: false,
      sentence: expect.stringContaining("does not accept the token"),
    });
    expect(await botifyKind.test({ baseUrl: "nowhere", token: "x" }, never)).toMatchObject({ ok: false });
  });
});
