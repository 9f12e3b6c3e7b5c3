const lookEveryMs = 10;

/**
 * The longest that this thread let others wait, in ms, while `work` went on: the time that it computed itself between two looks. What a
 * busy machine takes away from it does not count, nor what it takes to hand out fresh memory, which varies from one machine, and from one
 * minute, to the next by a factor of twenty.
 */
export const heldMs = async <T>(work: () => Promise<T>): Promise<{ longestMs: number; result: T }> => {
  const pageMs = freshPageMs();
  let longestMs = 0;
  let before = spent();
  const look = () => {
    const now = spent();
    const memoryMs = (now.pages - before.pages) * pageMs;
    longestMs = Math.max(
      longestMs,
      now.userMs - before.userMs + Math.max(0, now.systemMs - before.systemMs - memoryMs),
    );
    before = now;
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

const spent = () => {
  const { user, system } = process.threadCpuUsage();
  return { userMs: user / 1_000, systemMs: system / 1_000, pages: process.resourceUsage().minorPageFault };
};

/** What a page of memory that was not used before costs now, in ms. */
const freshPageMs = (): number => {
  const pages = 2_048;
  const pageBytes = 4_096;
  // More than what a program keeps of what it gave back, so all of it is fresh.
  const fresh = new Uint8Array(8 * pages * pageBytes);
  const before = spent();
  for (let page = 0; page < pages; page++) fresh[page * pageBytes] = 1;
  const after = spent();
  return (after.systemMs - before.systemMs) / Math.max(1, after.pages - before.pages);
};
