import { once } from "node:events";
import { request } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FeedEvent } from "#core/event.ts";
import { createHandTimers } from "./hand-timers.ts";
import { listen } from "./listen.ts";
import { type MessageReader, readMessages } from "./message-reader.ts";
import { quick } from "./quick.ts";
import { colours, openSite, presetToken, type Site } from "./site.ts";
import { createTelling } from "./telling.ts";

/** A kind of WebSocket that tells the events of runs. */
export interface SocketKind<M> {
  name: string;
  /** The address of all runs, and of one. */
  all: string;
  one(runId: string): string;
  eventOf(message: M): FeedEvent;
}

/** What every kind of them promises, whatever its words. */
export const socketPromises = <M>(kind: SocketKind<M>) =>
  describe(kind.name, () => {
    const { telling, told } = createTelling();
    let site: Site;
    let server: Awaited<ReturnType<typeof listen>>;
    const { clock, beat, goAhead } = createHandTimers();

    beforeAll(async () => {
      site = await openSite({ workflows: [colours(), telling, quick], deps: { clock } });
      server = await listen(site);
    });
    afterAll(async () => {
      server.close();
      await site.close();
    });

    const follow = (path: string, headers = {}) => readMessages<M>(server.origin, path, headers);
    const newest = async (runId: string) => (await site.engine.picture(runId)).lastEvent;
    const eventsOf = (messages: readonly M[], runId?: string) =>
      messages.map(kind.eventOf).filter((event) => runId === undefined || event.runId === runId);
    const idsOf = (messages: readonly M[], runId?: string) => eventsOf(messages, runId).map(({ n }) => n);
    const reaches = (reader: MessageReader<M>, runId: string, n: number) =>
      reader.until((messages) => idsOf(messages, runId).some((one) => one >= n));
    const from = (first: number, last: number) =>
      Array.from({ length: last - first + 1 }, (_, index) => first + index);
    const change = async (runId: string) => {
      await site.engine.pause(runId, "Ada");
      await site.engine.resume(runId, "Ada");
    };
    const metric = async (name: string) =>
      Number(new RegExp(`^${name} (\\d+)$`, "m").exec(await (await site.get("/metrics")).text())?.[1]);
    const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
      while (!(await holds())) await new Promise((resolve) => setImmediate(resolve));
    };

    test("one run: every event is one message, in order, first those that were missed, as the store keeps them", async () => {
      const runId = await site.asking();
      const reader = await follow(kind.one(runId));
      await reaches(reader, runId, await newest(runId));
      await change(runId);
      await reaches(reader, runId, await newest(runId));
      expect(reader.greeting).toMatchObject({ type: "connected" });
      expect(eventsOf(reader.messages)).toEqual(await site.store.events(runId, 0, 1000));
      reader.close();
    });

    test("readers who come, go and come back while the run changes miss nothing and get nothing twice", async () => {
      const runId = await site.asking();
      let changing = true;
      const changes = (async () => {
        for (let round = 0; round < 60; round += 1) {
          await change(runId);
          await new Promise((resolve) => setImmediate(resolve));
        }
        changing = false;
      })();
      const seen = async (): Promise<number[]> => {
        const ids: number[] = [];
        while (changing) {
          const reader = await follow(`${kind.one(runId)}?after=${ids.at(-1) ?? 0}`);
          await Promise.race([changes, reader.until((messages) => messages.length >= 7)]);
          ids.push(...idsOf(reader.messages));
          reader.close();
        }
        const rest = await follow(`${kind.one(runId)}?after=${ids.at(-1) ?? 0}`);
        const missing = (await newest(runId)) - (ids.at(-1) ?? 0);
        await rest.until((messages) => messages.length >= missing);
        ids.push(...idsOf(rest.messages));
        rest.close();
        return ids;
      };
      const all = await Promise.all([seen(), seen(), seen(), seen()]);
      await changes;
      for (const ids of all) expect(ids).toEqual(from(1, await newest(runId)));
    });

    test("“after” brings what was missed and only that", async () => {
      const runId = await site.asking();
      await change(runId);
      const last = await newest(runId);
      const reader = await follow(`${kind.one(runId)}?after=3`);
      await reaches(reader, runId, last);
      await change(runId);
      await reaches(reader, runId, await newest(runId));
      expect(idsOf(reader.messages)).toEqual(from(4, await newest(runId)));
      reader.close();
    });

    test("all runs: each event of each run from now on, once and in order, of runs that come and go", async () => {
      const old = await site.asking();
      const [one, two] = await Promise.all([follow(kind.all), follow(kind.all)]);
      const quiet = await newest(old);
      const ids = await Promise.all(
        Array.from({ length: 12 }, async () => (await site.engine.start("quick", {}, "Ada")).runId),
      );
      await change(old);
      for (const runId of ids) {
        await site.engine.settled(runId, 10_000, new AbortController().signal);
        // A run that is over is left; it is followed again when something happens to it.
        await site.engine.finalize(runId, "Ada");
      }
      for (const reader of [one, two]) {
        await reaches(reader, old, await newest(old));
        expect(idsOf(reader.messages, old)).toEqual(from(quiet + 1, await newest(old)));
        for (const runId of ids) {
          const last = await newest(runId);
          await reaches(reader, runId, last);
          expect(idsOf(reader.messages, runId)).toEqual(from(1, last));
        }
        reader.close();
      }
    });

    test("one who comes back to all runs by “since” has lost nothing, of runs known and unknown, over or not", async () => {
      const known = await site.asking();
      const first = await follow(kind.all);
      await until(() => first.greeting !== null);
      await change(known);
      await reaches(first, known, await newest(known));
      const had = first.messages.at(-1);
      const since = had === undefined ? 0 : kind.eventOf(had).at;
      first.close();
      await first.closed;

      await change(known);
      const { runId: over } = await site.engine.start("quick", {}, "Ada");
      await site.engine.settled(over, 10_000, new AbortController().signal);

      const back = await follow(`${kind.all}?since=${since}`);
      const { runId: late } = await site.engine.start("quick", {}, "Ada");
      await site.engine.settled(late, 10_000, new AbortController().signal);
      await change(known);
      for (const runId of [over, late, known]) await reaches(back, runId, await newest(runId));
      for (const runId of [over, late])
        expect(idsOf(back.messages, runId)).toEqual(from(1, await newest(runId)));
      const seen = new Set([...idsOf(first.messages, known), ...idsOf(back.messages, known)]);
      const begun = Math.min(...idsOf(first.messages, known));
      for (const n of from(begun, await newest(known))) expect(seen.has(n)).toBe(true);
      // Nothing twice within one connection.
      expect(new Set(idsOf(back.messages, known)).size).toBe(idsOf(back.messages, known).length);
      back.close();
    });

    test("one who takes nothing is closed with 1013, the others hear on, and it resumes where it was", async () => {
      const { runId } = await site.engine.start("telling", {}, "Ada");
      const [slow, quickOne] = await Promise.all([follow(kind.one(runId)), follow(kind.one(runId))]);
      const running = (messages: readonly M[]) =>
        eventsOf(messages).some((event) => event.type === "step.state" && event.to === "running");
      await Promise.all([slow.until(running), quickOne.until(running)]);
      slow.stall();
      const dropped = await metric("milepost_web_sockets_dropped_total");
      let logs = 0;
      while ((await metric("milepost_web_sockets_dropped_total")) === dropped) {
        for (let count = 0; count < 400; count += 1) told.log("x".repeat(3_900));
        logs += 1;
        await quickOne.until(
          (messages) => eventsOf(messages).filter(({ type }) => type === "log").length >= logs,
        );
      }
      await reaches(quickOne, runId, await newest(runId));
      expect(idsOf(quickOne.messages)).toEqual(from(1, idsOf(quickOne.messages).at(-1) ?? 0));
      slow.resume();
      expect(await slow.closed).toBe(1013);
      const back = await follow(`${kind.one(runId)}?after=${idsOf(slow.messages).at(-1) ?? 0}`);
      await reaches(back, runId, await newest(runId));
      expect([...idsOf(slow.messages), ...idsOf(back.messages)]).toEqual(from(1, await newest(runId)));
      told.end();
      quickOne.close();
      back.close();
    });

    test("one that answers no ping is gone at the next beat; one that answers stays", async () => {
      const runId = await site.asking();
      await until(async () => (await metric("milepost_web_sockets")) === 0);
      const dead = await follow(kind.one(runId));
      const alive = await follow(kind.one(runId));
      expect(await metric("milepost_web_sockets")).toBe(2);
      dead.stall();
      const dropped = await metric("milepost_web_sockets_dropped_total");
      await until(async () => {
        // The one that lives has answered by the time that something sent after its ping has arrived.
        await change(runId);
        await reaches(alive, runId, await newest(runId));
        await new Promise((resolve) => setTimeout(resolve, 20));
        beat();
        return (await metric("milepost_web_sockets_dropped_total")) > dropped;
      });
      expect(await metric("milepost_web_sockets")).toBe(1);
      alive.close();
      dead.close();
      await until(async () => (await metric("milepost_web_sockets")) === 0);
    });

    test("a socket is closed now and then, so that a session that was ended sees nothing more", async () => {
      const reader = await follow(kind.one(await site.asking()), {
        Authorization: "",
        Cookie: site.cookie,
        Origin: server.origin,
      });
      goAhead(30 * 60_000);
      beat();
      expect(await reader.closed).toBe(1012);
    });

    test("a socket of no run, without a token, from an odd number or by plain HTTP is refused", async () => {
      const runId = await site.asking();
      await expect(follow(kind.one("nothing"))).rejects.toThrow("404");
      await expect(follow(kind.one(runId), { Authorization: "Bearer wrong" })).rejects.toThrow("401");
      await expect(follow(`${kind.one(runId)}?after=x`)).rejects.toThrow("400");
      await expect(follow(`${kind.all}?since=x`)).rejects.toThrow("400");
      expect((await site.call("GET", kind.one(runId))).status).toBe(400);
      // A proxy that passes on only one of the two headers that ask for it.
      const headers = { Authorization: `Bearer ${presetToken}`, Upgrade: "websocket" };
      for (const path of [kind.all, kind.one(runId)]) {
        const [answer] = await once(request(`${server.origin}${path}`, { headers }).end(), "response");
        expect(answer.resume().statusCode).toBe(400);
      }
    });

    test("a page of another site cannot open a socket with our cookie, and a rebound name cannot either", async () => {
      const runId = await site.asking();
      const cookie = { Authorization: "", Cookie: site.cookie };
      const own = { ...cookie, Origin: server.origin };
      for (const path of [kind.all, kind.one(runId)]) {
        (await follow(path, own)).close();
        await expect(follow(path, { ...own, Origin: "https://evil.example" })).rejects.toThrow("403");
        await expect(follow(path, { ...own, Origin: "null" })).rejects.toThrow("403");
        await expect(follow(path, cookie)).rejects.toThrow("403");
        await expect(
          follow(path, { ...cookie, Host: "evil.example", Origin: "http://evil.example" }),
        ).rejects.toThrow("403");
        await expect(follow(path, { Authorization: "", Origin: server.origin })).rejects.toThrow("401");
      }
    });
  });
