import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSandbox, type Sandbox } from "../sandbox/botify/world.ts";
import type { Place } from "./assumed.ts";
import { differences } from "./differences.ts";
import { readOnly, replay, replayExport } from "./replay.ts";

let sandbox: Sandbox;
let place: Place;
beforeAll(async () => {
  sandbox = await openSandbox();
  const { project, analysis } = sandbox.addSynthetic("shop.example", 10);
  place = { org: "this-machine", project, analysis, job: "" };
});
afterAll(() => sandbox.close());
const account = () => ({ api: `${sandbox.url}/`, token: sandbox.token });

describe("this machine's own Botify", () => {
  it.each(readOnly.map((pair) => [pair.name, pair] as const))("answers as we assume: %s", async (_, pair) => {
    expect((await replay(account(), pair, place)).differs).toEqual([]);
  });

  it("makes an export as we assume, from the order to the file", async () => {
    expect(await replayExport(account(), place, 20)).toEqual([]);
  });
});

describe("what is other than assumed", () => {
  it.each<[unknown, unknown, string[]]>([
    [{ a: 1, b: 2 }, { a: 5 }, []],
    [{}, { a: 5 }, ["the answer.a is missing, and a number was assumed"]],
    [{ a: "1" }, { a: 5 }, ["the answer.a is a string, and a number was assumed"]],
    [{ a: null }, { a: 5 }, ["the answer.a is null, and a number was assumed"]],
    [[{ a: 1 }, { a: "x" }], [{ a: 5 }], ["the answer[].a is a string, and a number was assumed"]],
    [[], [{ a: 5 }], ["the answer is empty, so nothing could be compared"]],
    ["x", [], ["the answer is a string, and a list was assumed"]],
  ])("%o beside %o: %o", (real, example, lines) => {
    expect(differences(real, example)).toEqual(lines);
  });
});
