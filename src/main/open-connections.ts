import { createConnectionBook } from "#connections/book.ts";
import type { Seal } from "#connections/seal.ts";
import { createBotifyKind } from "#connectors/botify/kind.ts";
import { createDokployKind } from "#connectors/dokploy/kind.ts";
import { openaiKind } from "#connectors/openai/kind.ts";
import { slackKind } from "#connectors/slack/kind.ts";
import { smtpKind } from "#connectors/smtp/kind.ts";
import { createSshKind } from "#connectors/ssh/kind.ts";
import { telegramKind } from "#connectors/telegram/kind.ts";
import type { Clock } from "#core/clock.ts";
import type { Random } from "#core/id.ts";
import type { Moments } from "#core/moments.ts";
import type { Store } from "#core/store.ts";
import type { Config } from "./config.ts";

interface OpenConnectionsDeps extends Pick<Config, "sshConfig" | "stack"> {
  store: Pick<Store, "connections" | "accounts">;
  seal: Seal;
  moments: Moments | null;
  clock: Clock;
  random: Random;
}

/** The book of named remote systems, with every kind of them that there is. */
export const openConnections = ({
  store,
  seal,
  moments,
  clock,
  random,
  sshConfig,
  stack,
}: OpenConnectionsDeps) =>
  createConnectionBook({
    table: store.connections,
    accounts: store.accounts,
    seal,
    kinds: [
      createBotifyKind(moments),
      createSshKind(sshConfig),
      createDokployKind(stack),
      openaiKind,
      smtpKind,
      telegramKind,
      slackKind,
    ],
    clock,
    random,
  });
