import { flushCompileCache } from "node:module";
import { pino } from "pino";
import { readConfig } from "#main/config.ts";
import { diskFailed } from "#main/disk-failed.ts";
import { giveBack } from "#main/give-back.ts";
import { say } from "#main/say.ts";
import { serve } from "#main/serve.ts";
import { version } from "#main/version.ts";

const minimumFreeBytes = 200_000_000;

/** By then whoever started it has opened the link, and runs under way have gone on. */
const restedMs = 15_000;

const log = pino({ level: "info" }, pino.destination(2));

/** Serves until a signal says to stop. */
export const run = async (): Promise<void> => {
  const config = readConfig();
  const server = await serve({
    ...config,
    log,
    version,
    lookEveryMs: 5_000,
    sampleSite: true,
    minimumFreeBytes,
    diskFailed: diskFailed(log),
  });
  let stoppingSince: number | undefined;
  const stop = () => {
    if (stoppingSince !== undefined) {
      // One Ctrl+C arrives twice under npm: from the terminal, and passed on by npm.
      if (performance.now() - stoppingSince > 500) process.exit(1);
      return;
    }
    stoppingSince = performance.now();
    say("Stopping; runs under way go on at the next start. Press Ctrl+C again to stop at once.");
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "could not stop cleanly");
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, stop);
  say(`Milepost is running at ${server.address}`);
  if (!server.address.startsWith(server.origin)) {
    say(`It is listening at ${server.origin}`);
    if (config.publicUrls.length === 0)
      say("On other machines, put this one's name or address in place of the one in the link.");
  }
  say("");
  say("Open this link to sign in. It works once, for 15 minutes; milepost sign-in prints a new one:");
  say(`  ${await server.signInLink()}`);
  // The next start is quick however this one ends.
  flushCompileCache();
  setTimeout(giveBack, restedMs).unref();
};
