import { z } from "zod";
import { sleep } from "#connectors/http/waiting.ts";
import { type TelegramClient, TelegramError } from "#connectors/telegram/client.ts";
import { assertOurs } from "#connectors/telegram/kind.ts";
import type { Clock } from "#core/clock.ts";
import type { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";
import { type Hears, spoken } from "#messengers/hears.ts";
import { allowedUpdates, type Update, updateShape } from "./updates.ts";

export interface TelegramEarsDeps {
  telegram: TelegramClient;
  clock: Clock;
  log: Log;
  /** Takes one update, whatever it is. */
  take(update: Update): Promise<void>;
  /** Whether people are heard, and why not. */
  tell(hears: Hears): void;
}

/** Telegram holds a poll open so long at most. */
const pollSeconds = 50;
/** Another program may let the bot go, and a token may be good again. */
const lastingMs = 60_000;
const firstRestMs = 1_000;
const longestRestMs = 60_000;
const farewellMs = 1_000;
const commands = [
  { command: "list", description: "What is under way" },
  { command: "waiting", description: "What waits for an answer" },
  { command: "help", description: "What can be said" },
  { command: "leave", description: "Leave the form that is being filled in" },
];

/**
 * Hears what is written to a bot, by long polling, until the signal fires. An update counts as taken when the next poll says so, so what a
 * killed server had begun comes again.
 */
export const hearTelegram = async (deps: TelegramEarsDeps, signal: AbortSignal): Promise<void> => {
  const { telegram, clock, log, take, tell } = deps;
  let offset = 0;
  let restMs = firstRestMs;
  let hears = false;
  while (!signal.aborted) {
    try {
      if (!hears) {
        // A poll would silence the other program without a word.
        await assertOurs(telegram, signal);
        await telegram.call("setMyCommands", { commands }, z.unknown(), signal);
      }
      // The first one returns at once, so that it is known whether there is anything to hear.
      const params = { offset, timeout: hears ? pollSeconds : 0, allowed_updates: allowedUpdates };
      const updates = await telegram.call("getUpdates", params, someUpdates, signal);
      tell({ ok: true, because: null });
      hears = true;
      restMs = firstRestMs;
      await Promise.all(updates.map(taken));
      offset = Math.max(offset, ...updates.map(({ update_id: id }) => id + 1));
    } catch (thrown) {
      if (signal.aborted) break;
      const error = spoken(thrown, log);
      tell({ ok: false, because: error.message });
      hears = false;
      await sleep(restFor(error, restMs), signal, clock).catch(() => undefined);
      restMs = Math.min(restMs * 2, longestRestMs);
    }
  }
  // What was taken is not to come again at the next start; where that cannot be said quickly, it may.
  const farewell = { offset, limit: 1, timeout: 0, allowed_updates: allowedUpdates };
  if (hears && offset > 0)
    await telegram
      .call("getUpdates", farewell, someUpdates, AbortSignal.timeout(farewellMs))
      .catch(() => undefined);

  async function taken(update: z.output<typeof anyUpdate>): Promise<void> {
    const known = updateShape.safeParse(update);
    if (!known.success) return;
    await take(known.data).catch((error: unknown) => log.warn({ err: error }, "an update was not taken"));
  }
};

const anyUpdate = z.looseObject({ update_id: z.int() });
/** Telegram gives no more at once. */
const someUpdates = z.array(anyUpdate).max(100);

const restFor = (error: AppError, restMs: number): number => {
  if (error.retryAfterMs !== undefined) return error.retryAfterMs;
  const isLasting =
    error.code === "not-allowed-now" ||
    (error instanceof TelegramError && [401, 404, 409].includes(error.status));
  return isLasting ? lastingMs : restMs;
};
