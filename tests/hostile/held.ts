const lookEveryMs = 10;

/**
 * The longest that this thread let others wait, in ms, while `work` went on: the time that it computed itself between two looks. What a
 * busy machine takes away from it does not count.
 */
export const heldMs = async <T>(work: () => Promise<T>): Promise<{ longestMs: number; result: T }> => {
  let longestMs = 0;
  let before = process.threadCpuUsage();
  const look = () => {
    const { user, system } = process.threadCpuUsage(before);
    before = process.threadCpuUsage();
    longestMs = Math.max(longestMs, (user + system) / 1_000);
  };
  const looking = setInterval(look, lookEveryMs);
  try {
    const result = await work();
    // The last stretch has not been looked at yet.
    await new Promise((resolve) => setTimeout(resolve, 2 * lookEveryMs));
    return { longestMs, result };
  } finally {
    clearInterval(looking);
  }
};

/** What Milepost promises to those who wait for a page. */
export const longestHoldMs = 200;
