import decodeQR from "qr/decode.js";
import { afterEach, expect, test } from "vitest";
import { ownerId } from "#core/people.ts";
import { createSignIn } from "#people/sign-in.ts";
import { deviceLinkMs } from "#web/pages/another-device.tsx";
import { realClock } from "../engine/world.ts";
import { ada } from "../people/ada.ts";
import { openSite, type Site, type SiteOptions, whence } from "./site.ts";

let site: Site;
afterEach(() => site.close());

const open = async (deps: SiteOptions["deps"] = {}) => {
  site = await openSite({ deps });
};
const makeLink = async (host = "localhost:3000") => {
  const answer = await site.post(
    "/settings/another-device",
    {},
    {
      headers: { Host: host },
      cookie: site.cookie.replace("__Host-", ""),
    },
  );
  return { status: answer.status, page: await answer.text() };
};
const linkIn = (page: string) => new URL(/<code id="device-link-code">([^<]+)</.exec(page)?.[1] ?? "");

/** What a camera reads of the picture on a page: its path drawn in pixels. */
const readPicture = (page: string): string => {
  const svg = decodeURIComponent(/src="data:image\/svg\+xml,([^"]+)"/.exec(page)?.[1] ?? "");
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)?.[1]);
  const path = /<path d="([^"]+)"/.exec(svg)?.[1] ?? "";
  const scale = 4;
  const side = size * scale;
  const data = new Uint8Array(side * side * 4).fill(255);
  let [x, y] = [0, 0];
  for (const [, moved, given = "", gap] of path.matchAll(/([Mm])(-?\d+)[ ,]?(-?\d+)h1v1[hH]-?\d+[Zz]/g)) {
    x = moved === "M" ? Number(given) : x + Number(given);
    y = moved === "M" ? Number(gap) : y + Number(gap);
    for (let row = 0; row < scale; row++)
      for (let column = 0; column < scale; column++) {
        const at = ((y * scale + row) * side + x * scale + column) * 4;
        data.fill(0, at, at + 3);
      }
  }
  return decodeQR({ width: side, height: side, data });
};

test("another device is signed in by a link and by the same link as a QR code, once, with the button of the page it opens", async () => {
  await open();
  const { status, page } = await makeLink("192.168.7.7:3000");
  expect(status).toBe(200);
  const link = linkIn(page);
  expect(readPicture(page)).toBe(link.href);
  expect(link.origin).toBe("http://192.168.7.7:3000");
  expect(page).not.toContain("leads back to the machine");
  const opened = await site.get(link.pathname + link.search, { cookie: null });
  expect([opened.status, opened.headers.getSetCookie()]).toEqual([200, []]);
  const token = link.searchParams.get("token") ?? "";
  expect((await site.post("/sign-in", { token }, { cookie: null })).status).toBe(303);
  expect((await site.post("/sign-in", { token }, { cookie: null })).status).toBe(401);
  const dids = (await site.store.accounts.audits(10)).map(({ did, by }) => [did, by.kind]);
  expect(dids).toContainEqual(["made a sign-in link", "person"]);
});

test("the link stops working after ten minutes", async () => {
  await open();
  const token = linkIn((await makeLink()).page).searchParams.get("token") ?? "";
  const signIn = createSignIn({
    accounts: site.store.accounts,
    endings: site.deps.endings,
    clock: { now: () => realClock.now() + deviceLinkMs },
    random: (n) => new Uint8Array(n),
  });
  expect(await signIn.useLink(token, whence)).toBeNull();
});

test("the link leads where people reach the server, and says when that is this machine only", async () => {
  await open({ publicUrls: [new URL("https://milepost.example"), new URL("http://nas.local:3000")] });
  expect(linkIn((await makeLink("nas.local:3000")).page).origin).toBe("http://nas.local:3000");
  await site.close();
  await open();
  expect((await makeLink("127.0.0.1:3000")).page).toContain("leads back to the machine");
});

test("what came in by a token makes no link, because the link would outlive it, and is offered none", async () => {
  await open();
  const all = { rights: ["admin"], workflows: null } as const;
  const { token, secret } = await site.deps.tokens.create({ name: "t", scope: all, lastsMs: null }, ada);
  const cookie = `milepost=${await site.deps.signIn.openSession({ personId: ownerId, name: "t", tokenId: token.id }, whence)}`;
  expect((await site.post("/settings/another-device", {}, { cookie })).status).toBe(409);
  const authorization = { Authorization: `Bearer ${secret}` };
  expect((await site.call("POST", "/settings/another-device", undefined, authorization)).status).toBe(409);
  expect(await (await site.get("/settings", { cookie })).text()).not.toContain("another-device");
  expect(await (await site.get("/settings")).text()).toContain("another-device");
});

test("the link of somebody else than the owner signs that person in and nobody else", async () => {
  await open();
  const { people, signIn } = site.deps;
  const { link } = await people.invite({ name: "Grace", role: "viewer" }, ada);
  const cookie = `milepost=${await signIn.useLink(link, whence)}`;
  const answer = await site.post("/settings/another-device", {}, { cookie });
  const token = linkIn(await answer.text()).searchParams.get("token") ?? "";
  const other = await signIn.identify((await signIn.useLink(token, whence)) ?? "");
  expect(other).toMatchObject({ name: "Grace", person: { role: "viewer" } });
});
