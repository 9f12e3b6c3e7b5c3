import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import Database from "better-sqlite3";
import { expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { answers, cookieOf, milepost, started, testFolder, useLink } from "./milepost.ts";
import { token } from "./token.ts";

const npmStart = ["npm", "start"];
/** What a container is: npm as its process 1, and whoever is left when that one ends is killed. */
const asFirst = ["unshare", "--pid", "--fork", "--kill-child=SIGKILL", "--mount-proc", "npm", "start"];

test.each([
  ["milepost serve", undefined],
  ["npm start", npmStart],
])("SIGTERM to %s ends the server within five seconds, with its runs let go", async (_, command) => {
  const server = await started({ MILEPOST_DATA: testFolder() }, command);
  const { origin } = server.link;
  const since = performance.now();
  await server.end("SIGTERM");
  await expect.poll(() => answers(origin), { timeout: 5_000 - (performance.now() - since) }).toBe(false);
  await expect.poll(server.said).toContain("Stopping; runs under way go on at the next start.");
});

test("SIGTERM to process 1 of a container that runs npm start lets the server end its work", async () => {
  const server = await started({ MILEPOST_DATA: testFolder() }, asFirst);
  const children = await readFile(`/proc/${server.process.pid}/task/${server.process.pid}/children`, "utf8");
  const gone = once(server.process, "exit");
  process.kill(Number(children.trim()), "SIGTERM");
  await gone;
  await expect.poll(server.said).toContain("Stopping; runs under way go on at the next start.");
  expect(await answers(server.link.origin)).toBe(false);
});

test("milepost sign-in prints a new link under the public name while the server runs, and none when it does not", async () => {
  const env = { MILEPOST_DATA: testFolder() };
  const none = await milepost(["sign-in"], env);
  expect([none.code, none.err]).toEqual([1, expect.stringContaining("No Milepost server is running on")]);

  const server = await started({ ...env, MILEPOST_URL: "https://example.org/milepost" });
  const { code, out } = await milepost(["sign-in"], env);
  expect([code, out]).toEqual([
    0,
    expect.stringMatching(/^https:\/\/example\.org\/milepost\/sign-in\?token=\S+\n$/),
  ]);
  expect(server.link.origin + server.link.pathname).toBe("https://example.org/milepost/sign-in");
  await server.end("SIGTERM");
  expect((await milepost(["sign-in"], env)).code).toBe(1);
});

test("a server at all addresses prints a link that a browser on its machine opens, and what others type", async () => {
  const server = await started({ MILEPOST_DATA: testFolder(), HOST: "0.0.0.0" });
  expect(server.link.hostname).toBe("127.0.0.1");
  expect((await useLink(server.link)).headers.get("location")).toBe("/");
  expect(server.said()).toMatch(
    /listening at http:\/\/0\.0\.0\.0:\d+\nOn other machines, put this one's name/,
  );
});

test("below a path everything answers whether or not the proxy takes the path away, sockets too", async () => {
  const url = "https://example.org/milepost/";
  const server = await started({ MILEPOST_DATA: testFolder(), MILEPOST_URL: url, MILEPOST_API_TOKEN: token });
  const local = /running at (\S+)/.exec(server.said())?.[1] ?? "";
  expect(local).toBe(url);
  const origin = /listening at (\S+)/.exec(server.said())?.[1] ?? "";
  const signedIn = await useLink(new URL(server.link.pathname + server.link.search, origin));
  expect(signedIn.headers.get("location")).toBe("/milepost/");
  expect(signedIn.headers.getSetCookie().join()).toMatch(
    /^__Secure-milepost-\S+; .*Path=\/milepost\/.*Secure/,
  );
  const auth = { authorization: `Bearer ${token}` };
  for (const path of ["", "/milepost"])
    for (const page of ["/", "/runs", "/api/runs", "/connections"])
      expect([path, page, (await fetch(origin + path + page, { headers: auth })).status]).toEqual([
        path,
        page,
        200,
      ]);
  expect((await fetch(`${origin}/milepost`, { headers: auth })).status).toBe(200);
  expect((await fetch(`${origin}/milepostal`, { headers: auth })).status).toBe(404);
  for (const path of ["/ws/runs", "/milepost/ws/runs"]) {
    const socket = new WebSocket(new URL(path, origin.replace("http", "ws")), { headers: auth });
    await once(socket, "open");
    socket.terminate();
  }
});

test("two servers of one host leave each other's browsers signed in", async () => {
  const [one, other] = await Promise.all([
    started({ MILEPOST_DATA: testFolder() }),
    started({ MILEPOST_DATA: testFolder() }),
  ]);
  const nameOf = (cookie: string) => cookie.slice(0, cookie.indexOf("="));
  const cookies = [await cookieOf(one.link), await cookieOf(other.link)];
  expect(nameOf(cookies[0] ?? "")).toMatch(/^milepost-[0-9a-f]{8}$/);
  expect(nameOf(cookies[0] ?? "")).not.toBe(nameOf(cookies[1] ?? ""));
  const both = cookies.map((cookie) => cookie.split(";")[0]).join("; ");
  for (const { link } of [one, other])
    expect((await fetch(link.origin, { headers: { cookie: both }, redirect: "manual" })).status).toBe(200);
});

test("a wrong word is answered with what there is, and --version with the version", async () => {
  const wrong = await milepost(["sing-in"], {});
  expect([wrong.code, wrong.err]).toEqual([
    2,
    expect.stringContaining("unknown command 'sing-in'\n(Did you mean sign-in?)"),
  ]);
  expect((await milepost([], {})).out).toContain("prints a new link");
  expect((await milepost(["--version"], {})).out).toMatch(/^\d+\.\d+\.\d+\n$/);
});

test("a server at rest that nobody watches wakes less than once a second", async () => {
  const server = await started({ MILEPOST_DATA: testFolder() });
  const wakes = async () => {
    const status = await readFile(`/proc/${server.process.pid}/status`, "utf8");
    return Number(/^voluntary_ctxt_switches:\s+(\d+)/m.exec(status)?.[1]);
  };
  const inThreeSeconds = async () => {
    const before = await wakes();
    await new Promise((resolve) => setTimeout(resolve, 3_000));
    return (await wakes()) - before;
  };
  // What starting left to do ends first.
  await expect.poll(inThreeSeconds).toBeLessThan(3);
});

test("while another program holds the database pages are answered, and a change waits until it lets go", async () => {
  const folder = testFolder();
  const server = await started({ MILEPOST_DATA: folder, MILEPOST_API_TOKEN: token });
  const headers = { authorization: `Bearer ${token}` };
  const other = new Database(join(folder, "milepost.sqlite"));
  onTestFinished(() => void other.close());
  other.exec("BEGIN IMMEDIATE");
  const body = new URLSearchParams({ name: "made while it was held" });
  let isMade = false;
  const making = fetch(new URL("/settings/tokens", server.link), { method: "POST", headers, body }).then(
    (made) => {
      isMade = true;
      return made.status;
    },
  );
  for (const page of ["/", "/runs", "/connections", "/healthz"])
    expect([page, (await fetch(new URL(page, server.link), { headers })).status]).toEqual([page, 200]);
  expect(isMade).toBe(false);
  other.exec("ROLLBACK");
  expect(await making).toBe(200);
});

test("“milepost sign-out-all” ends every session of a server that runs, and closes what they hold open", async () => {
  const data = { MILEPOST_DATA: testFolder() };
  const { link } = await started(data);
  const cookie = (await cookieOf(link)).split(";")[0] ?? "";
  const socket = new WebSocket(new URL("/ws/runs", link.origin.replace("http", "ws")), {
    headers: { cookie, origin: link.origin },
  });
  await once(socket, "open");
  const closed = once(socket, "close");
  const said = await milepost(["sign-out-all"], data);
  expect([said.code, said.out]).toEqual([0, expect.stringContaining("Every browser is signed out")]);
  await closed;
  const answer = await fetch(link.origin, { headers: { cookie }, redirect: "manual" });
  expect(answer.headers.get("location")).toBe("/sign-in");
});
