import type { Child } from "hono/jsx";
import { WorkflowFilePage, WorkflowFilesPage } from "#views/workflow-files.tsx";
import { long, now } from "./samples/steps.ts";
import { viewer } from "./samples/viewer.ts";

/** The pages of people's own workflows, with a text of theirs wherever they write one. */
export const workflowFilePages = (text: string): Record<string, Child> => {
  const fault = { file: "lib/names.ts", line: 12, sentence: `“${text}” is not there.`, since: now - 60_000 };
  const version = { code: "0123456789abcdef0123", since: now - 3_600_000, underWay: 2 };
  const filesPage = (more: object = {}) => (
    <WorkflowFilesPage
      {...viewer}
      folder="/srv/milepost/workflows"
      fault={null}
      files={[
        {
          file: "back-up.ts",
          workflow: { id: "back-up", title: text },
          version,
          earlier: [{ code: "fedcba98765432100123", since: now - 7_200_000, underWay: 1 }],
          fault,
          warnings: [{ file: "back-up.ts", line: null, sentence: text }],
        },
        { file: `${"new-".repeat(30)}.ts`, workflow: null, version: null, earlier: [], fault, warnings: [] },
        {
          file: "nightly.ts",
          workflow: { id: "nightly", title: "Nightly report" },
          version: { ...version, underWay: 0 },
          earlier: [],
          fault: null,
          warnings: [],
        },
      ]}
      builtIn={[{ id: "create-bot", title: "Create a bot", about: "Sets a bot up, in 16 steps." }]}
      now={now}
      {...more}
    />
  );
  return {
    "workflow-files": filesPage(),
    "workflow-files-none": filesPage({
      files: [],
      fault: { sentence: `Everybody may write to the folder: ${text}`, since: now },
    }),
    "workflow-file": (
      <WorkflowFilePage
        {...viewer}
        file="back-up.ts"
        text={`import { workflow } from "milepost";\n\nconst a = "${text}";\n// ${long}${long}\n`}
        fault={fault}
      />
    ),
  };
};
