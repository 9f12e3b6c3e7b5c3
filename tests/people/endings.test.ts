import { expect, test } from "vitest";
import type { Others } from "#core/others.ts";
import { createEndings } from "#people/endings.ts";

/** Processes that hear each other, though not themselves. */
const connected = (count: number): Others[] => {
  const hearers = Array.from({ length: count }, () => new Set<(what: string) => void>());
  return hearers.map((own) => ({
    say: (what) => {
      for (const others of hearers) if (others !== own) for (const hear of others) hear(what);
    },
    listen: (hear) => {
      own.add(hear);
      return () => own.delete(hear);
    },
  }));
};

const holder = (sessionId: string, id: string) => ({ sessionId, tokenId: null, person: { id } });

test("what is held open at one process closes when the session, the person's rights or everybody's end at another", () => {
  const [here, there] = connected(2).map(createEndings);
  const closed: string[] = [];
  const hold = () => {
    for (const [session, person] of [
      ["s1", "ada"],
      ["s2", "bob"],
      ["s3", "cy"],
    ] as const)
      there?.hold(holder(session, person), () => closed.push(person));
  };
  hold();
  here?.tell(["s1"]);
  expect(closed).toEqual(["ada"]);
  here?.close("bob");
  expect(closed).toEqual(["ada", "bob"]);
  closed.length = 0;
  here?.closeAll();
  expect(new Set(closed)).toEqual(new Set(["ada", "bob", "cy"]));
});

test("a session that ended at another process lets nobody hold anything open any more", () => {
  const [here, there] = connected(2).map(createEndings);
  here?.tell(["s1"]);
  let closed = false;
  there?.hold(holder("s1", "ada"), () => {
    closed = true;
  });
  expect(closed).toBe(true);
});

test("where something may not have been heard, all that is open closes, to come back and be looked at", () => {
  const [silent, there] = connected(2);
  if (silent === undefined || there === undefined) throw new Error("two were asked for");
  const endings = createEndings(there);
  let closed = false;
  endings.hold(holder("s1", "ada"), () => {
    closed = true;
  });
  silent.say("missed");
  expect(closed).toBe(true);
});
