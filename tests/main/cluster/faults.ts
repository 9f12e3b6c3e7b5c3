import type { Client } from "pg";
import type { PostgresServer } from "../../store/postgres/server.ts";
import type { FarSide, OpenCall } from "./far-side.ts";
import type { Place } from "./nodes.ts";
import type { Seeded } from "./seeded.ts";

interface FaultDeps {
  places: readonly Place[];
  server: PostgresServer;
  far: FarSide;
  seed: Seeded;
  /** A connection to the database that no fault is meant for; it is made anew after a restart. */
  database(): Promise<Client>;
  mostFrozenMs: number;
  /** Sees to it that there is work for a node that has none. */
  moreWork(): Promise<unknown>;
  say(words: string): void;
}

/** What faults did to runs. */
export interface Toll {
  /** From each fault until another node had the run, milliseconds. */
  takeOverMs: number[];
  /** Calls whose answers came to a node, or to where one had been, that had lost the run by then: none may be recorded. */
  lost: OpenCall[];
}

const rest = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
/** A fuse: a run that nobody takes over. */
const nobodyMs = 120_000;

/** Everything that may happen to the processes of a cluster; each resolves when it is over and everybody is there again. */
export const createFaults = (deps: FaultDeps) => {
  const { places, server, far, seed, mostFrozenMs, say } = deps;
  const toll: Toll = { takeOverMs: [], lost: [] };

  const heldBy = async (pid: number) => {
    const { rows } = await (await deps.database()).query<{ id: string; epoch: number }>(
      "SELECT id, epoch FROM runs WHERE split_part(claimed_by, '/', 2) = $1",
      [String(pid)],
    );
    return rows;
  };
  const untilBusy = async ({ name, pid }: Place): Promise<void> => {
    for (let looks = 0; !far.open().some((call) => call.pid === pid()); looks++) {
      if (looks % 20 === 0) await deps.moreWork();
      if (looks > 600) throw new Error(`${name} gets no work`);
      await rest(100);
    }
  };
  /** Resolves when others have all that the one at that place held; what it let go of itself at the last moment counts for nothing. */
  const untilTaken = async (
    held: Awaited<ReturnType<typeof heldBy>>,
    open: readonly OpenCall[],
    since: number,
  ) => {
    let left = held;
    while (left.length > 0) {
      const { rows } = await (await deps.database()).query<{ id: string; epoch: number; by: string | null }>(
        "SELECT id, epoch, claimed_by AS by FROM runs WHERE id = ANY($1)",
        [left.map(({ id }) => id)],
      );
      left = left.filter(({ id, epoch }) => {
        const now = rows.find((row) => row.id === id);
        if (now === undefined || (now.epoch === epoch && now.by !== null)) return now !== undefined;
        if (now.epoch === epoch) return false;
        toll.takeOverMs.push(Date.now() - since);
        toll.lost.push(...open.filter(({ key }) => key.startsWith(`${id}/`)));
        return false;
      });
      if (Date.now() - since > nobodyMs) throw new Error(`nobody took over ${left.map(({ id }) => id)}`);
      await rest(50);
    }
  };
  const strike = async (place: Place, how: string, hit: () => unknown) => {
    if (place.role === "worker") await untilBusy(place);
    const pid = place.pid();
    await hit();
    const since = Date.now();
    const open = far.open().filter((call) => call.pid === pid);
    const held = await heldBy(pid);
    say(`${place.name} is ${how}, with ${held.length} runs`);
    return { since, taken: untilTaken(held, open, since) };
  };

  const kill = async (place: Place): Promise<void> => {
    const { taken } = await strike(place, "killed", () => place.end("SIGKILL"));
    await taken;
    await place.begin();
  };
  const freeze = async (place: Place): Promise<void> => {
    const { since, taken } = await strike(place, "frozen", () => place.node().process.kill("SIGSTOP"));
    await Promise.all([taken, rest(seed.whole(1_000, mostFrozenMs))]);
    say(`${place.name} wakes up after ${Date.now() - since} ms`);
    place.node().process.kill("SIGCONT");
  };
  const cutOff =
    (how: "cut" | "silence") =>
    async (place: Place): Promise<void> => {
      const said = how === "cut" ? "cut off" : "cut off in silence";
      const { taken } = await strike(place, said, () => place.cable[how]());
      await Promise.all([taken, rest(seed.whole(1_000, mostFrozenMs))]);
      say(`${place.name} has the database again`);
      place.cable.mend();
    };
  const restart = async (place: Place): Promise<void> => {
    say(`${place.name} is replaced`);
    await place.end("SIGTERM");
    await place.begin();
  };
  const some = (role: Place["role"]) => seed.oneOf(places.filter((place) => place.role === role));
  return {
    toll,
    all: {
      killWorker: () => kill(some("worker")),
      freezeWorker: () => freeze(some("worker")),
      cutWorker: () => cutOff("cut")(some("worker")),
      silenceWorker: () => cutOff("silence")(some("worker")),
      restartDatabase: async () => {
        say("PostgreSQL ends as by a power cut");
        await server.restart();
      },
      killWeb: () => kill(some("web")),
      freezeWeb: () => freeze(some("web")),
      cutWeb: () => cutOff(seed.oneOf(["cut", "silence"]))(some("web")),
      replaceAll: async () => {
        for (const place of seed.shuffled(places)) await restart(place);
      },
    },
  };
};
