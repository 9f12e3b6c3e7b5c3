import { spawn } from "node:child_process";
import type { Client } from "#cli/client.ts";
import { runNamed } from "#cli/run-named.ts";
import type { Terminal } from "#cli/terminal.ts";

const openers: Readonly<Partial<Record<NodeJS.Platform, string>>> = { darwin: "open", win32: "explorer" };

/** Opens the page of a run in the person's browser, and prints its address for where there is none. */
export const open = async (client: Client, terminal: Terminal, name: string): Promise<number> => {
  const { id } = await runNamed(client, name);
  const { href } = client.page(id);
  terminal.out(`${href}\n`);
  const opener = spawn(openers[process.platform] ?? "xdg-open", [href], { detached: true, stdio: "ignore" });
  // The address stands there already.
  opener.on("error", () => {});
  opener.unref();
  return 0;
};
