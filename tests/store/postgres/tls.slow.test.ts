import { expect, onTestFinished, test } from "vitest";
import { openPostgresStore } from "#store/postgres/open.ts";
import { type PostgresServer, startPostgres } from "./server.ts";

const options = { now: Date.now, random: (n: number) => new Uint8Array(n) };

/** Opens the store and closes it again. */
const look = async (server: PostgresServer, params: Record<string, string>): Promise<void> => {
  const url = new URL(await server.fresh());
  url.hostname = "localhost";
  for (const [name, value] of Object.entries(params)) url.searchParams.set(name, value);
  const store = await openPostgresStore({ url: url.href, ...options });
  await store.healthy();
  await store.close();
};

const start = async (tls: boolean): Promise<PostgresServer> => {
  const server = await startPostgres({ tls });
  onTestFinished(() => server.close());
  return server;
};

test("a PostgreSQL whose certificate nobody vouches for is sent nothing, and one that is known by its certificate is worked with", async () => {
  const server = await start(true);
  const known = { sslmode: "verify-full", sslrootcert: server.certificate };
  await look(server, known);
  const refused = {
    code: "store-busy",
    message: expect.stringContaining("certificate of PostgreSQL is not trusted"),
  };
  await expect(look(server, { sslmode: "verify-full" })).rejects.toMatchObject(refused);
});

test("a PostgreSQL without TLS is not worked with where TLS is asked for, and the sentence says both ways on", async () => {
  const server = await start(false);
  await look(server, { sslmode: "disable" });
  await expect(look(server, { sslmode: "verify-full" })).rejects.toMatchObject({
    code: "store-busy",
    message: expect.stringMatching(/Turn on TLS there.*sslmode=disable/),
  });
});
