import { AsyncLocalStorage } from "node:async_hooks";

/** Who asks for a page of an app. */
export interface Asker {
  /** What their browser reads and writes numbers and dates in ("de-CH"); null: it does not say. */
  language: string | null;
  /** By what they are called in a row's history; "" where nobody knows. */
  name: string;
}

const asking = new AsyncLocalStorage<Asker>();

/** Whoever asks just now: the request that this code answers says so, so that not every view has to be handed it. */
export const asker = (): Asker => asking.getStore() ?? { language: null, name: "" };

/** Answers for somebody. */
export const askedBy = <T>(one: Asker, answer: () => T): T => asking.run(one, answer);

/** The first language of a browser's list (`Accept-Language`) that numbers and dates can be written in. */
export const languageIn = (header: string | undefined): string | null => {
  const tags = (header ?? "")
    .slice(0, 200)
    .split(",")
    .map((one) => /^\s*([a-z]{2,3}(?:-[a-z0-9]{2,4}){0,2})\s*(?:;|$)/i.exec(one)?.[1] ?? "")
    .filter((tag) => tag !== "");
  try {
    return Intl.NumberFormat.supportedLocalesOf(tags)[0] ?? null;
  } catch {
    return null;
  }
};
