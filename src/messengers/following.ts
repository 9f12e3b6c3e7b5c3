import type { ChatReply, ChatTable, MilepostLine } from "#core/chat.ts";
import type { Clock } from "#core/clock.ts";
import type { Log } from "#core/log.ts";
import type { Engine } from "#engine/engine.ts";
import { createInTurn } from "./in-turn.ts";

export interface FollowingDeps {
  engine: Pick<Engine, "listen">;
  chats: Pick<ChatTable, "get" | "beginning">;
  clock: Clock;
  log: Log;
  /** Where a run stands, as whoever the conversation is with may see it; null: they may not. */
  tell(conversation: string, runId: string): Promise<{ reply: ChatReply; isOver: boolean } | null>;
  /** Shows a line in place of what stands there; false: it cannot be shown any more. Throws where it may be later. */
  show(conversation: string, line: MilepostLine): Promise<boolean>;
}

/** Keeps what was told of a run in a conversation up to date while it is the last word about it, by edits. */
export interface Following {
  follow(conversation: string, runId: string): void;
  /** Takes up again what was followed when the server ended. */
  open(prefixes: readonly string[]): Promise<void>;
  close(): void;
}

/** Messengers count edits, and nobody reads faster. */
const leastGapMs = 3_000;
const mostConversations = 500;
const mostTries = 10;

export const createFollowing = ({ engine, chats, clock, log, tell, show }: FollowingDeps): Following => {
  /** The conversations that follow a run. */
  const byRun = new Map<string, Set<string>>();
  const due = new Map<string, () => void>();
  const shown = new Map<string, string>();

  const inTurn = createInTurn();
  const leave = (conversation: string, runId: string) => {
    const all = byRun.get(runId);
    all?.delete(conversation);
    if (all?.size === 0) byRun.delete(runId);
    shown.delete(`${conversation} ${runId}`);
  };
  const lineIn = async (conversation: string, runId: string): Promise<MilepostLine | null> => {
    const lines = (await chats.get(conversation))?.lines ?? [];
    const line = lines.findLast((one) => one.by === "milepost" && one.live === runId);
    return line?.by === "milepost" && line.remote !== undefined ? line : null;
  };
  const refresh = async (conversation: string, runId: string): Promise<void> => {
    const line = await lineIn(conversation, runId);
    const told = line === null ? null : await tell(conversation, runId);
    if (line === null || told === null) return leave(conversation, runId);
    const key = `${conversation} ${runId}`;
    const drawn = JSON.stringify(told.reply);
    if (shown.get(key) !== drawn) {
      if (!(await show(conversation, { ...line, ...told.reply }))) return leave(conversation, runId);
      shown.set(key, drawn);
    }
    if (told.isOver) leave(conversation, runId);
  };
  const plan = (conversation: string, runId: string, tries = 0) => {
    const key = `${conversation} ${runId}`;
    if (due.has(key)) return;
    const callOff = clock.after(leastGapMs * (tries + 1), () => {
      due.delete(key);
      // One after the other: an older edit must not come in last.
      inTurn(key, () => refresh(conversation, runId)).catch((error: unknown) => {
        log.warn({ err: error, runId }, "what a chat tells of a run could not be brought up to date");
        if (tries < mostTries) plan(conversation, runId, tries + 1);
      });
    });
    due.set(key, callOff);
  };
  const follow = (conversation: string, runId: string) => {
    const all = byRun.get(runId) ?? new Set();
    byRun.set(runId, all.add(conversation));
    shown.delete(`${conversation} ${runId}`);
    // It may have moved on while the answer was on its way.
    plan(conversation, runId);
  };
  let stop = () => {};
  return {
    follow,
    open: async (prefixes) => {
      stop = engine.listen(({ run }) => {
        for (const conversation of byRun.get(run.id) ?? []) plan(conversation, run.id);
      });
      for (const prefix of prefixes)
        for (const { id, lines } of await chats.beginning(prefix, mostConversations))
          for (const line of lines)
            if (line.by === "milepost" && line.live !== null && line.remote !== undefined)
              follow(id, line.live);
    },
    close: () => {
      stop();
      for (const callOff of due.values()) callOff();
      due.clear();
      byRun.clear();
    },
  };
};
