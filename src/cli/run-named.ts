import { AppError } from "#core/errors.ts";
import { withoutBelow } from "#core/route.ts";
import { routes } from "#core/routes.ts";
import type { Client, RunJson } from "./client.ts";

/** A run by its id, by its number ("create-bot#12", "create-bot/12") or by the address of its page. Throws AppError. */
export const runNamed = async (client: Client, name: string): Promise<RunJson> => {
  const path = URL.canParse(name)
    ? withoutBelow(new URL(name).pathname)
    : `/workflows/${name.replace("#", "/")}`;
  const page = routes.run.read(path);
  if (page !== null) return client.run(page.id);
  const numbered = routes.numberedRun.read(path);
  if (numbered !== null) return client.numbered(numbered.id, Number(numbered.number));
  if (name.includes("/") || name.includes("#"))
    throw new AppError(
      "bad-input",
      `“${name}” names no run: give its id, its workflow and number such as create-bot#12, or the address of its page.`,
    );
  return client.run(name);
};
