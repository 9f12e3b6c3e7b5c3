import { readFileSync } from "node:fs";
import { pino } from "pino";
import { AppError } from "#core/errors.ts";
import { type Config, readConfig } from "./config.ts";
import { type Server, serve } from "./serve.ts";

const minimumFreeBytes = 200_000_000;

/** The server's log goes to standard error, so that the sign-in link stands alone on standard output. */
const log = pino({ level: "info" }, pino.destination(2));

const say = (text: string) => process.stdout.write(`${text}\n`);

const version = (): string =>
  (JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as { version: string })
    .version;

const start = async (): Promise<Server> => {
  const config: Config = readConfig();
  return serve({
    ...config,
    log,
    version: version(),
    lookEveryMs: 5_000,
    sampleSite: true,
    minimumFreeBytes,
  });
};

try {
  const server = await start();
  say(`Milepost is running at ${server.origin}`);
  say("");
  say("Open this link to sign in. It works once, for 15 minutes; a new start prints a new one:");
  say(`  ${await server.signInLink()}`);
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
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
} catch (error) {
  process.stderr.write(`${wordsFor(error)}\n`);
  process.exit(1);
}

/** What went wrong at the start, for the person at the terminal. */
function wordsFor(error: unknown): string {
  if (error instanceof AppError) return error.message;
  if (!(error instanceof Error)) return String(error);
  if ("code" in error && error.code === "EADDRINUSE") {
    return "This port is taken by another program. Stop that one, or choose another with PORT=3001 npm start.";
  }
  if ("code" in error && error.code === "EACCES") return `Milepost may not do this here: ${error.message}`;
  return error.message;
}
