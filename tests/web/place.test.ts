import type { Context } from "hono";
import { expect, test } from "vitest";
import { readProxies } from "#main/read-proxies.ts";
import type { WebEnv } from "#web/deps.ts";
import { placeOf } from "#web/place.ts";
import { openSite } from "./site.ts";

const from = (remoteAddress: string | undefined, forwarded: string | undefined, proxies: string) =>
  placeOf(
    {
      env: { incoming: { socket: { remoteAddress } } },
      req: { header: () => forwarded },
    } as unknown as Context<WebEnv>,
    readProxies(proxies),
  );

test.each([
  ["192.0.2.7", "198.51.100.1", "", "192.0.2.7"],
  ["192.0.2.7", "198.51.100.1", "127.0.0.1", "192.0.2.7"],
  ["127.0.0.1", "198.51.100.1", "127.0.0.1", "198.51.100.1"],
  ["::ffff:127.0.0.1", "198.51.100.1", "127.0.0.1", "198.51.100.1"],
  // What a browser sent itself stands before what the proxies added.
  ["127.0.0.1", "203.0.113.9, 198.51.100.1", "127.0.0.1", "198.51.100.1"],
  ["127.0.0.1", "203.0.113.9, 198.51.100.1, 172.18.0.4", "127.0.0.1, 172.18.0.0/16", "198.51.100.1"],
  ["127.0.0.1", undefined, "127.0.0.1", "127.0.0.1"],
  ["127.0.0.1", "evil<b>", "127.0.0.1", "127.0.0.1"],
  ["::1", "2001:db8:1:2:3:4:5:6", "::1", "2001:db8:1:2::/64"],
  [undefined, "198.51.100.1", "127.0.0.1", "an unknown address"],
])(
  "a request from %s that says %s, with the proxies “%s”, comes from %s",
  (...[address, said, proxies, place]) => {
    expect(from(address, said, proxies)).toBe(place);
  },
);

test.each(["localhost", "10.0.0.0/33", "10.0.0.0/x", "::1/129"])("%s is no proxy", (given) => {
  expect(() => readProxies(given)).toThrow("MILEPOST_PROXIES must have");
});

test("behind a proxy, one who guesses holds up nobody else", async () => {
  const site = await openSite({ deps: { proxies: readProxies("127.0.0.1") } });
  const env = { incoming: { socket: { remoteAddress: "127.0.0.1" } } };
  const enter = async (place: string, token: string) => {
    const headers = { Host: "localhost", "X-Forwarded-For": place };
    return (
      await site.app.request(
        "/sign-in",
        { method: "POST", body: new URLSearchParams({ token }), headers },
        env,
      )
    ).status;
  };
  const guesses: number[] = [];
  for (let n = 0; n < 25; n += 1) guesses.push(await enter("203.0.113.9", `guess ${n}`));
  expect(guesses.at(-1)).toBe(429);
  expect(await enter("198.51.100.1", await site.deps.signIn.newLink())).toBe(303);
  expect((await site.deps.signIn.sessions(null))[0]?.place).toBe("198.51.100.1");
  await site.close();
});
