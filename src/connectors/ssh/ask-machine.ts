import { AppError } from "#core/errors.ts";
import type { CommandChannel } from "./channels.ts";
import { type Connection, createConnection, MayHaveBegun, NotBegun } from "./connection.ts";

/** A whole table of processes is far smaller. */
const mostBytes = 512 * 1024;

/** Runs short shell text of our own on a machine and gives what it printed. The text is one that may run twice. */
export type AskMachine = (script: string, signal: AbortSignal) => Promise<string>;

/** It goes past the queue of commands: it must not wait for what it is to end. */
export const askOver =
  (connection: Connection): AskMachine =>
  (script, signal) =>
    ask(connection, script, signal);

const ask = async (connection: Connection, script: string, signal: AbortSignal): Promise<string> => {
  const over = async (way: Connection) => {
    const { channel } = await way.open<CommandChannel>(
      (client, done) => client.exec(script, done),
      signal,
      "urgent",
    );
    return readAll(channel, signal);
  };
  try {
    return await over(connection);
  } catch (thrown) {
    const mayAsk = thrown instanceof NotBegun || thrown instanceof MayHaveBegun;
    if (!mayAsk || signal.aborted) throw thrown;
    // All of the connection's sessions are taken, or it was lost in the middle of asking.
    const own = createConnection(connection.target, []);
    try {
      return await over(own);
    } finally {
      await own.end();
    }
  }
};

const readAll = (channel: CommandChannel, signal: AbortSignal): Promise<string> =>
  new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let sizeBytes = 0;
    const finish = () => {
      signal.removeEventListener("abort", finish);
      channel.close();
      resolve(Buffer.concat(pieces).toString("utf8"));
    };
    signal.addEventListener("abort", finish, { once: true });
    channel.on("data", (chunk: Buffer) => {
      sizeBytes += chunk.length;
      if (sizeBytes <= mostBytes) return void pieces.push(chunk);
      channel.removeAllListeners("data");
      channel.close();
      reject(new AppError("remote-odd", "the machine answers without end."));
    });
    channel.stderr.resume();
    channel.on("error", () => {});
    channel.once("close", finish);
    channel.end();
  });
