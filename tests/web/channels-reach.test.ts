import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import type { Actor } from "#core/actor.ts";
import type { Role } from "#core/people.ts";
import { ada } from "../people/ada.ts";
import { openSite } from "./site.ts";

/** A machine inside, which answers whoever reaches it. */
const inside = async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? "");
    response.end("ok");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
};

test.each<Role>(["viewer", "operator"])(
  "a channel of somebody who is %s here leads to no machine inside, unless an admin's leads there",
  async (role) => {
    const site = await openSite();
    onTestFinished(() => site.close());
    const [home, other] = [await inside(), await inside()];
    const someone = async (name: string, as: Role): Promise<Actor> => {
      const { person } = await site.deps.people.invite({ name, role: as }, ada);
      return { kind: "person", id: person.id, name, personId: person.id };
    };
    const tests = async (by: Actor, url: string) => {
      const { channels } = site.deps.notify;
      const { id } = await channels.add(
        { personId: by.personId ?? "", kind: "slack-webhook", name: "Hook", values: { url } },
        by,
      );
      return (await channels.test(id, new AbortController().signal)).lastTest;
    };
    const bob = await someone("Bob", role);
    const refused = await tests(bob, `${home.url}/by-bob`);
    expect([refused?.ok, refused?.sentence]).toEqual([
      false,
      expect.stringContaining("to which an admin's channel leads"),
    ]);
    expect(home.asked).toEqual([]);
    expect((await tests(await someone("Grace", "admin"), `${home.url}/by-grace`))?.ok).toBe(true);
    expect((await tests(bob, `${home.url}/by-bob`))?.ok).toBe(true);
    expect(home.asked).toEqual(["/by-grace", "/by-bob"]);
    expect((await tests(bob, `${other.url}/by-bob`))?.ok).toBe(false);
    expect(other.asked).toEqual([]);
  },
);
