import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { listen } from "../web/listen.ts";
import { openSite, presetToken } from "../web/site.ts";
import type { Figure } from "./figure.ts";

const clients = 500;
const changes = 100;
const script = fileURLToPath(new URL("sse-clients.ts", import.meta.url));

interface Cost {
  memoryKiB: number;
  /** Processor time for one event to one client. */
  cpuUs: number;
}

/** Event streams held open and fed, beside a bare node:http server that writes the same frames in a loop. */
export const benchSse = async (): Promise<Figure[]> => {
  const reference = await bare();
  const ours = await milepost();
  const than = "bare node:http writing in a loop";
  return [
    {
      what: `Memory of an open event stream, of ${clients}`,
      unit: "KiB",
      ours: ours.memoryKiB,
      reference: reference.memoryKiB,
      than,
      more: "worse",
    },
    {
      what: `Processor time for one event to one of ${clients} streams, the commit included`,
      unit: "µs",
      ours: ours.cpuUs,
      reference: reference.cpuUs,
      than,
      more: "worse",
    },
  ];
};

const milepost = async (): Promise<Cost> => {
  const site = await openSite();
  const server = await listen(site);
  const runId = await site.asking();
  const cost = await measure(`${server.origin}/api/runs/${runId}/events`, async () => {
    const before = (await site.engine.picture(runId)).lastEvent;
    for (let round = 0; round < changes / 2; round += 1) {
      await site.engine.pause(runId, "bench");
      await nextTurn();
      await site.engine.resume(runId, "bench");
      await nextTurn();
    }
    return (await site.engine.picture(runId)).lastEvent - before;
  });
  server.close();
  await site.close();
  return cost;
};

const bare = async (): Promise<Cost> => {
  const readers = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": here\n\n");
    readers.add(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const frame = (n: number) => {
    const event = {
      runId: "0123456789abcdef",
      n,
      at: Date.now(),
      type: "run.state",
      from: "asking",
      to: "paused",
    };
    return Buffer.from(`id: ${n}\nevent: run.state\ndata: ${JSON.stringify(event)}\n\n`);
  };
  const cost = await measure(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, async () => {
    for (let n = 1; n <= changes; n += 1) {
      const bytes = frame(n);
      for (const reader of readers) reader.write(bytes);
      await nextTurn();
    }
    return changes;
  });
  server.closeAllConnections();
  server.close();
  return cost;
};

/** `tell` makes events happen and says how many. */
const measure = async (address: string, tell: () => Promise<number>): Promise<Cost> => {
  const before = memory();
  const readers = openReaders(address);
  await readers.until((open) => open === clients);
  // What they missed before they came is not what is measured.
  let quiet = -1;
  await readers.until((_, events) => {
    const same = events === quiet;
    quiet = events;
    return same;
  });
  const memoryKiB = (memory() - before) / clients / 1024;
  const already = readers.events();
  const cpu = process.cpuUsage();
  const told = await tell();
  await readers.until((_, events) => events - already >= told * clients);
  const { user, system } = process.cpuUsage(cpu);
  readers.close();
  return { memoryKiB, cpuUs: (user + system) / told / clients };
};

const openReaders = (address: string) => {
  const child: ChildProcess = spawn(
    process.execPath,
    ["--import", "tsx", script, address, presetToken, String(clients)],
    { stdio: ["pipe", "pipe", "inherit"] },
  );
  let events = 0;
  let look = (_open: number, _events: number) => {};
  createInterface({ input: child.stdout ?? process.stdin }).on("line", (line) => {
    const [open = 0, got = 0] = line.split(" ").map(Number);
    events = got;
    look(open, got);
  });
  return {
    events: () => events,
    until: (holds: (open: number, events: number) => boolean) =>
      new Promise<void>((resolve) => {
        look = (open, got) => {
          if (holds(open, got)) resolve();
        };
      }),
    close: () => child.stdin?.end(),
  };
};

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
