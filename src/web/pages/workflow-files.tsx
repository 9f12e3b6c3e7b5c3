import { Hono } from "hono";
import { routes } from "#core/routes.ts";
import { WorkflowFilePage, WorkflowFilesPage } from "#views/workflow-files.tsx";
import type { WebDeps, WebEnv } from "#web/deps.ts";
import { pageProps } from "#web/page-props.ts";
import { hiddenIn, workflowsIn } from "#web/seen.ts";
import { seenFolder } from "#web/workflow-files.ts";

/** All workflows, people's own by their files. */
export const workflowFilePages = (
  deps: Pick<WebDeps, "authored" | "engine" | "store" | "clock" | "staticFiles">,
) =>
  new Hono<WebEnv>()
    .get(routes.workflows.pattern, async (c) => {
      const seen = await seenFolder(deps, hiddenIn(c));
      const own = new Set(seen.files.map(({ workflow }) => workflow?.id));
      return c.html(
        <WorkflowFilesPage
          {...pageProps(c, deps)}
          {...seen}
          builtIn={workflowsIn(c, deps).filter(({ id }) => !own.has(id))}
          now={deps.clock.now()}
        />,
      );
    })
    .get(routes.workflowFile.pattern, async (c) => {
      const file = c.req.param("file");
      const text = await deps.authored.source(file);
      const [seen] = (await seenFolder(deps, hiddenIn(c))).files.filter((one) => one.file === file);
      return c.html(
        <WorkflowFilePage {...pageProps(c, deps)} file={file} text={text} fault={seen?.fault ?? null} />,
      );
    });
