import type { DoOptions } from "#core/workflow.ts";

/**
 * A do step of what a kit put together: what was left out is not there at all, as the engine reads it. The claim among it is one of those
 * that the kit's own options may make.
 */
export const made = <I, R, T, K extends string>(options: object): DoOptions<I, R, T, K> =>
  Object.fromEntries(
    Object.entries(options).filter(([, value]) => value !== undefined),
  ) as unknown as DoOptions<I, R, T, K>;
