import { AppError } from "#core/errors.ts";
import type { Log } from "#core/log.ts";

/** Whether what people write is heard, and why not. */
export interface Hears {
  ok: boolean;
  because: string | null;
}

/** What went wrong, as it may be told; our own mistakes go to the log. Whatever it is, people are listened to again after a while. */
export const spoken = (thrown: unknown, log: Log): AppError => {
  if (thrown instanceof AppError && thrown.code !== "internal") return thrown;
  log.error({ err: thrown }, "what people write could not be heard");
  return new AppError("internal", "Something went wrong in Milepost itself; its log says more.");
};
