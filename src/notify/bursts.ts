/** How many messages a channel was sent just now, so that it is not flooded. From memory: after a restart it begins anew. */
export interface Bursts {
  sent(channelId: string, at: number): void;
  /** When it may be sent another one; null: at once. */
  fullUntil(channelId: string, at: number): number | null;
}

/** So many new messages a minute are read one by one; Telegram takes no more in a group. */
export const mostAMinute = 20;
const minuteMs = 60_000;

export const createBursts = (): Bursts => {
  const byChannel = new Map<string, number[]>();
  const lastMinute = (channelId: string, at: number): number[] =>
    (byChannel.get(channelId) ?? []).filter((one) => one <= at && at - one < minuteMs);
  return {
    sent: (channelId, at) => void byChannel.set(channelId, [...lastMinute(channelId, at), at]),
    fullUntil: (channelId, at) => {
      const some = lastMinute(channelId, at);
      return some.length < mostAMinute ? null : (some.at(-mostAMinute) ?? at) + minuteMs;
    },
  };
};
