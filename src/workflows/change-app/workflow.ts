import { routes } from "#core/routes.ts";
import { workflow } from "#core/workflow.ts";
import type { Host } from "#workflows/host.ts";
import { startChange } from "./start.ts";
import { approveLoss } from "./steps/approve-loss.ts";
import { checkPages } from "./steps/check-pages.ts";
import { keepCopy } from "./steps/keep-copy.ts";
import { migrateTables } from "./steps/migrate.ts";
import { previewChange } from "./steps/preview.ts";
import { workOutChange } from "./steps/work-out.ts";

/** It changes what that one makes. */
export const offeredAfter = "generate-app";

/** Changes the tables of an app that is there, with a preview, a copy of its data, and a way back. */
export default (host: Pick<Host, "apps" | "page" | "connections">) =>
  workflow(
    "change-app",
    "Change an app",
    "Say what should change in a generated app; Milepost shows what that does to its tables and data, asks before anything is lost, and can undo it.",
    startChange(host),
  )
    .do("plan", "Work out what changes", workOutChange(host))
    .ask("preview", "Look at what changes", previewChange(host))
    .approve("approve", "Agree to what is lost", approveLoss)
    .do("copy", "Keep a copy of the data", keepCopy(host))
    .do("migrate", "Change the tables", migrateTables(host))
    .do("check", "Check every page", checkPages(host))
    .hands(
      (input, { preview }) => ({
        sentence: [
          `“${preview.to.title}” is changed: ${preview.steps.join(" ")}`,
          ...((preview.unread ?? []).length === 0 ? [] : ["Not done:", ...(preview.unread ?? [])]),
        ].join(" "),
        links: [
          { label: "Open the app", href: routes.app.href({ slug: input.slug }) },
          { label: "Change more", href: routes.workflow.href({ id: "change-app" }, { app: input.slug }) },
        ],
      }),
      {
        size: (_input, { preview }) =>
          preview == null ? null : { count: Object.keys(preview.to.tables).length, what: "tables" },
      },
    );
