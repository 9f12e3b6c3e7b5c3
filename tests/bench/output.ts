import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { end, launch, milepost } from "./at-rest.ts";
import { type Figure, quantile } from "./figure.ts";

const milliseconds = "date +%s%3N";
const lines = 60;
/** So often `tail` looks whether the file has grown. */
const lookEveryS = 0.1;

/** What a script says when, each line with the moment when it was printed, also into a file of its own. */
const script = (file: string): string => `#!/bin/sh
# milepost: Speaks
# about: Prints the time.
# on: this machine
# again: It only prints.
i=0; while [ $i -lt ${lines} ]; do echo "said $i $(${milliseconds})" | tee -a ${file}; i=$((i + 1)); sleep 0.$((20 + i % 7)); done
`;

/** How long after a command of a script printed a line somebody who reads along at the server has it (median), beside `tail` on the same machine. */
export const benchOutput = async (): Promise<Figure[]> => {
  const folder = mkdtempSync(join(tmpdir(), "bench-output-"));
  const token = "bench-token-bench-token-bench-token";
  const file = join(folder, "said");
  mkdirSync(join(folder, "workflows"));
  writeFileSync(file, "");
  writeFileSync(join(folder, "workflows", "speaks.sh"), script(file));
  const { server, origin } = await launch([milepost, "serve"], {
    MILEPOST_DATA: join(folder, "data"),
    MILEPOST_WORKFLOWS: join(folder, "workflows"),
    MILEPOST_SANDBOX: "off",
    MILEPOST_API_TOKEN: token,
    ...{ HOST: "127.0.0.1", PORT: "0" },
  });
  const tail = spawn("tail", ["---disable-inotify", "-s", String(lookEveryS), "-n", "+1", "-f", file]);
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  try {
    const reference = delaysIn(tail.stdout);
    const started = await fetch(`${origin}/api/workflows/speaks/runs`, {
      ...{ method: "POST", headers, body: '{"values":{}}' },
    });
    const { id } = (await started.json()) as { id: string };
    const stream = await fetch(`${origin}/api/runs/${id}/events`, { headers });
    if (stream.body === null) throw new Error("The stream is empty.");
    const ours = delaysIn(Readable.fromWeb(stream.body));
    const [taken, by] = await Promise.all([ours, reference]);
    return [
      {
        what: "A line that a script prints is with whoever reads along (median)",
        unit: "ms",
        ours: quantile(taken, 0.5),
        reference: quantile(by, 0.5),
        than: `tail, which looks each ${lookEveryS * 1_000} ms`,
        more: "worse",
        spread: 0,
      },
    ];
  } finally {
    tail.kill();
    await end(server);
    rmSync(folder, { recursive: true, force: true });
  }
};

/** How long each line was on its way, until all have come. Milliseconds. */
const delaysIn = async (from: Readable): Promise<number[]> => {
  const delays = new Map<string, number>();
  for await (const line of createInterface({ input: from })) {
    for (const [, said = "", at] of line.matchAll(/said (\d+) (\d{13})/g))
      if (!delays.has(said)) delays.set(said, Date.now() - Number(at));
    if (delays.size === lines) break;
  }
  return [...delays.values()];
};
