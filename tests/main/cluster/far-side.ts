import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Seeded } from "./seeded.ts";

/** Somebody asked to do something, and has no answer yet. */
export interface OpenCall {
  serial: number;
  key: string;
  pid: number;
}

/** The other side of all that runs do here: it counts what was really done. */
export interface FarSide {
  origin: string;
  /** How often each was done, by the key of its step. */
  done: ReadonlyMap<string, number>;
  open(): OpenCall[];
  close(): void;
}

/** `mostHeldMs`: how long an answer may be kept back. */
export const openFarSide = async (seed: Seeded, mostHeldMs: number): Promise<FarSide> => {
  const done = new Map<string, number>();
  const open = new Set<OpenCall>();
  let serial = 0;
  const server = createServer(({ url = "" }, answer) => {
    const { pathname, searchParams } = new URL(url, "http://far");
    const [key, pid] = [searchParams.get("key") ?? "", Number(searchParams.get("pid"))];
    if (pathname === "/made") return answer.end(String(done.has(key)));
    done.set(key, (done.get(key) ?? 0) + 1);
    const call = { serial: ++serial, key, pid };
    open.add(call);
    const timer = setTimeout(
      () => {
        open.delete(call);
        answer.end(String(call.serial));
      },
      pathname === "/hold" ? seed.whole(500, mostHeldMs) : seed.whole(0, 100),
    );
    answer.once("close", () => {
      clearTimeout(timer);
      open.delete(call);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    done,
    open: () => [...open],
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
};
