import { existsSync, mkdirSync, rmSync, watch } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Actor } from "#core/actor.ts";
import type { Log } from "#core/log.ts";
import type { SignIn } from "#people/sign-in.ts";
import type { DataFolder } from "./data-folder.ts";

/** How the audit calls whoever works at the server's own terminal. */
export const atTerminal: Actor = { kind: "terminal", id: null, name: "somebody at the terminal" };
const lookEveryMs = 50;

/**
 * Signs everybody out when the terminal asks for it: a server knows its sessions by heart, so it has to end them itself. What was asked
 * while none ran is done first. A folder of its own costs a server at rest nothing, because nothing else happens in it.
 */
export const answerSignOutAll = async (
  { asked }: DataFolder,
  signIn: Pick<SignIn, "endAll">,
  log: Log,
): Promise<{ close(): void }> => {
  mkdirSync(asked, { recursive: true, mode: 0o700 });
  const request = requestIn(asked);
  let last = Promise.resolve();
  const look = () => {
    last = last.then(async () => {
      if (!existsSync(request)) return;
      const count = await signIn.endAll(null, atTerminal, null);
      rmSync(request, { force: true });
      log.info({ count }, "everybody was signed out from the terminal");
    });
    return last;
  };
  const watcher = watch(asked, () => {
    look().catch((error: unknown) => log.error({ err: error }, "could not sign everybody out"));
  });
  await look();
  return watcher;
};

/** Asks the server that runs on these data; false when it did not do it in this time. */
export const askToSignOutAll = async ({ asked }: DataFolder, withinMs: number): Promise<boolean> => {
  mkdirSync(asked, { recursive: true, mode: 0o700 });
  const request = requestIn(asked);
  await writeFile(request, "", { mode: 0o600 });
  for (const since = performance.now(); performance.now() - since < withinMs; ) {
    if (!existsSync(request)) return true;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  return false;
};

const requestIn = (asked: string): string => join(asked, "sign-out-all");
