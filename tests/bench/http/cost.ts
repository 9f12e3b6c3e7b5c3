import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import type { Blows, Struck } from "./hammer.ts";

const script = fileURLToPath(new URL("hammer.ts", import.meta.url));

/** A load generator in a process of its own. */
export interface Hammer {
  /** Processor time (µs) that this process, which serves, needed for each of these requests. Throws when an answer has another status. */
  costUs(blows: Blows, status: number): Promise<number>;
  strike(blows: Blows): Promise<Struck>;
  close(): void;
}

export const openHammer = (): Hammer => {
  const child = fork(script, { execArgv: [] });
  const strike = (blows: Blows): Promise<Struck> =>
    new Promise((resolve) => {
      child.once("message", (struck) => resolve(struck as Struck));
      child.send(blows);
    });
  return {
    strike,
    costUs: async (blows, status) => {
      const before = process.cpuUsage();
      const { statuses } = await strike(blows);
      const { user, system } = process.cpuUsage(before);
      if (statuses[status] !== blows.count)
        throw new Error(`asked ${blows.count} times for ${status}, got ${JSON.stringify(statuses)}`);
      return (user + system) / blows.count;
    },
    close: () => void child.disconnect(),
  };
};
