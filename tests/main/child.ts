import { readConfig } from "#main/config.ts";
import { diskFailed } from "#main/disk-failed.ts";
import { serve } from "#main/serve.ts";

/** A server as `npm start` runs it, but that looks at remote jobs more often. Prints where it is, in one line of JSON. */
const log = {
  info: () => {},
  warn: (data: object, message: string) => console.error(message, data),
  error: (data: object, message: string) => console.error(message, data),
};
try {
  const server = await serve({
    ...readConfig(process.env, process.cwd()),
    log,
    version: "0.0.0",
    lookEveryMs: 100,
    sampleSite: process.env.SAMPLE_SITE !== "no",
    minimumFreeBytes: Number(process.env.MINIMUM_FREE_BYTES ?? 0),
    diskFailed: diskFailed(log),
  });
  console.log(JSON.stringify({ origin: server.origin, link: await server.signInLink() }));
  process.on("SIGTERM", () => server.close().then(() => process.exit(0)));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
