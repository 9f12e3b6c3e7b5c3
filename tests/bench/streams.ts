import { type ChildProcess, spawn } from "node:child_process";
import { createServer, type Server as HttpServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocketServer } from "ws";
import { listen } from "../web/listen.ts";
import { openSite, presetToken } from "../web/site.ts";
import { type Figure, figureOf } from "./figure.ts";

const clients = 500;
const changes = 100;
const script = fileURLToPath(new URL("stream-clients.ts", import.meta.url));

/** In turns, because the machine is another one from minute to minute. */
const rounds = 3;

interface Cost {
  /** Processor time for opening one, what it missed included. */
  openUs: number;
  memoryKiB: number;
  /** Processor time for one event to one client. */
  cpuUs: number;
}

/** Event streams and WebSockets held open and fed, beside bare servers that write the same in a loop. */
export const benchStreams = async (): Promise<Figure[]> => [
  ...(await figures("event stream", bareStreams, () => milepost("http", "/api/runs/:id/events"))),
  ...(await figures("WebSocket", bareSockets, () => milepost("ws", "/ws/tasks/:id"))),
];

const figures = async (
  kind: string,
  measureBare: () => Promise<Cost>,
  measureOurs: () => Promise<Cost>,
): Promise<Figure[]> => {
  const bare: Cost[] = [];
  const ours: Cost[] = [];
  for (let round = 0; round < rounds; round += 1) {
    bare.push(await measureBare());
    ours.push(await measureOurs());
  }
  const figure = (what: string, unit: string, of: keyof Cost) =>
    figureOf(
      { what, unit, than: "a bare server writing in a loop", more: "worse" },
      { ours: ours.map((cost) => cost[of]), reference: bare.map((cost) => cost[of]) },
    );
  return [
    figure(`Processor time for opening an ${kind}`.replace("an W", "a W"), "µs", "openUs"),
    figure(`Memory of an open ${kind}, of ${clients}`, "KiB", "memoryKiB"),
    figure(`Processor time for one event to one of ${clients} ${kind}s, the commit included`, "µs", "cpuUs"),
  ];
};

const milepost = async (protocol: "http" | "ws", path: string): Promise<Cost> => {
  const site = await openSite();
  const server = await listen(site);
  const runId = await site.asking();
  const address = `${server.origin.replace("http", protocol)}${path.replace(":id", runId)}`;
  const cost = await measure(address, async () => {
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

const bareStreams = async (): Promise<Cost> => {
  const readers = new Set<ServerResponse>();
  const server = createServer((_request, response) => {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(": here\n\n");
    readers.add(response);
  });
  const cost = await measure(`http://127.0.0.1:${await portOf(server)}/`, async () => {
    for (let n = 1; n <= changes; n += 1) {
      const bytes = Buffer.from(`id: ${n}\nevent: run.state\ndata: ${JSON.stringify(eventOf(n))}\n\n`);
      for (const reader of readers) reader.write(bytes);
      await nextTurn();
    }
    return changes;
  });
  server.closeAllConnections();
  server.close();
  return cost;
};

const bareSockets = async (): Promise<Cost> => {
  const server = createServer();
  const sockets = new WebSocketServer({ server, perMessageDeflate: false });
  const cost = await measure(`ws://127.0.0.1:${await portOf(server)}/`, async () => {
    for (let n = 1; n <= changes; n += 1) {
      const bytes = Buffer.from(JSON.stringify(eventOf(n)));
      for (const socket of sockets.clients) socket.send(bytes, { binary: false });
      await nextTurn();
    }
    return changes;
  });
  for (const socket of sockets.clients) socket.terminate();
  server.close();
  return cost;
};

const eventOf = (n: number) => ({
  runId: "0123456789abcdef",
  n,
  at: Date.now(),
  type: "run.state",
  from: "asking",
  to: "paused",
});

const portOf = async (server: HttpServer): Promise<number> => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return (server.address() as AddressInfo).port;
};

/** `tell` makes events happen and says how many. */
const measure = async (address: string, tell: () => Promise<number>): Promise<Cost> => {
  const readers = openReaders(address);
  await readers.until((open) => open === 1);
  const before = memory();
  const opening = process.cpuUsage();
  readers.openAll();
  await readers.until((open) => open === clients);
  // What they missed before they came is not what is measured.
  let quiet = -1;
  await readers.until((_, events) => {
    const same = events === quiet;
    quiet = events;
    return same;
  });
  const opened = process.cpuUsage(opening);
  const openUs = (opened.user + opened.system) / (clients - 1);
  const memoryKiB = (memory() - before) / (clients - 1) / 1024;
  const already = readers.events();
  const cpu = process.cpuUsage();
  const told = await tell();
  await readers.until((_, events) => events - already >= told * clients);
  const { user, system } = process.cpuUsage(cpu);
  readers.close();
  return { openUs, memoryKiB, cpuUs: (user + system) / told / clients };
};

const openReaders = (address: string) => {
  const child: ChildProcess = spawn(process.execPath, [script, address, presetToken, String(clients)], {
    stdio: ["pipe", "pipe", "inherit"],
  });
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
    openAll: () => child.stdin?.write("all\n"),
    close: () => child.stdin?.end(),
  };
};

const memory = (): number => {
  globalThis.gc?.();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
};

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
