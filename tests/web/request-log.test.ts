import { expect, test } from "vitest";
import { openSite, presetToken } from "./site.ts";

test("what changes something and what is refused is logged with who and how it ended; no secret and no search is", async () => {
  const logged: unknown[][] = [];
  const take = (...entry: unknown[]) => logged.push(entry);
  const seen = await openSite({ log: { info: take, warn: take, error: take } });
  const id = await seen.asking("logged");
  logged.length = 0;
  const link = await seen.deps.signIn.newLink();
  await seen.get("/runs?search=private-search");
  await seen.get(`/runs/${id}/progress?v=0`);
  await seen.get(`/sign-in?token=${link}`, { cookie: null });
  expect(logged).toEqual([]);
  await seen.post("/sign-in", { token: "used-secret" }, { cookie: null });
  await seen.post(`/runs/${id}/pause`);
  await seen.post("/connections", { kind: "echo", name: "C", address: "here", token: "typed-secret" });
  await seen.call("POST", `/api/runs/${id}/resume`);
  const made = await (await seen.post("/settings/tokens", { name: "nightly" })).text();
  expect(logged.map(([data]) => data)).toEqual([
    { method: "POST", path: "/sign-in", status: 401, tookMs: expect.any(Number), by: null },
    { method: "POST", path: `/runs/${id}/pause`, status: 303, tookMs: expect.any(Number), by: "Ada" },
    { method: "POST", path: "/connections", status: 303, tookMs: expect.any(Number), by: "Ada" },
    {
      method: "POST",
      path: `/api/runs/${id}/resume`,
      status: 200,
      tookMs: expect.any(Number),
      by: "API token of the environment",
    },
    { method: "POST", path: "/settings/tokens", status: 200, tookMs: expect.any(Number), by: "Ada" },
  ]);
  const words = JSON.stringify(logged);
  const secrets = [link, presetToken, "used-secret", "typed-secret", "private-search", seen.cookie.slice(9)];
  for (const secret of [...secrets, /mp_[\w-]{43}/.exec(made)?.[0] ?? ""])
    expect(words).not.toContain(secret);
  await seen.close();
});

test("requests are counted by how they ended, the refused ones too", async () => {
  const counted = await openSite();
  const counts = async () => {
    const text = await (await counted.get("/metrics")).text();
    return ["2xx", "3xx", "4xx"].map((status) =>
      Number(
        new RegExp(`^milepost_http_requests_total\\{status="${status}"\\} (\\d+)$`, "m").exec(text)?.[1],
      ),
    );
  };
  const [ok = 0, led = 0, refused = 0] = await counts();
  await counted.get("/runs");
  await counted.get("/runs", { cookie: null });
  await counted.get("/nowhere");
  await counted.get("/runs", { headers: { Host: "evil.example" } });
  // The look at the counts before counts as well.
  expect(await counts()).toEqual([ok + 2, led + 1, refused + 2]);
  await counted.close();
});
