import { start } from "#core/start.ts";
import { workflow } from "#core/workflow.ts";

/** A workflow of one step that logs as told from outside, and ends when told. */
export const createTelling = () => {
  const told = { log: (_line: string) => {}, end: () => {}, fail: (_why: Error) => {} };
  const telling = workflow("telling", "Telling", "Logs.", start({ subject: () => "" }))
    .do("tell", "Tell", {
      run: ({ log, signal }) =>
        new Promise<string>((resolve, reject) => {
          told.log = log;
          told.end = () => resolve("told");
          told.fail = reject;
          signal.addEventListener("abort", () => reject(signal.reason));
        }),
    })
    .hands(() => ({ sentence: "All is told." }));
  return { telling, told };
};
