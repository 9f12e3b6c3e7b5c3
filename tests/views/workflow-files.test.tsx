import { expect, test } from "vitest";
import { WorkflowFilePage, WorkflowFilesPage } from "#views/workflow-files.tsx";

const now = Date.UTC(2026, 10, 29, 12);
const page = { user: { name: "Ada", role: "viewer" }, version: "1" } as const;
const fault = { file: "lib/names.ts", line: 12, sentence: "“<b>” is not there.", since: now - 60_000 };
const good = {
  file: "back-up.ts",
  workflow: { id: "back-up", title: "Back up" },
  version: { code: "0123456789abcdef0123", since: now - 3_600_000, underWay: 2 },
  earlier: [{ code: "fedcba98765432100123", since: now - 7_200_000, underWay: 1 }],
  fault: null,
  warnings: [],
};
const drawn = (files: readonly (typeof good | object)[], user: object = page.user) =>
  String(
    <WorkflowFilesPage
      {...page}
      user={user as never}
      folder="/srv/workflows"
      fault={null}
      files={files as never}
      builtIn={[]}
      now={now}
    />,
  );

test("each file says which version is in use, how many runs go on with it and with those before, and what is wrong with it at which line", () => {
  const html = drawn([
    { ...good, fault },
    { ...good, file: "new.ts", workflow: null, version: null, earlier: [], fault },
  ]);
  expect(html).toContain("2 runs under way");
  expect(html).toContain("fedcba9");
  expect(html).toContain("1 run under way");
  expect(html).toContain("lib/names.ts:12");
  expect(html).toContain("“&lt;b&gt;” is not there.");
  expect(html).toContain("Runs begin with the last version that could be used");
  expect(html).toContain("No run of it can be started.");
});

test("only an admin is led to the text of a file, and where there is none everybody reads how to make one", () => {
  expect(drawn([good])).not.toContain("/workflows/files/");
  expect(drawn([good], { name: "Ada", role: "admin" })).toContain("/workflows/files/back-up.ts");
  expect(drawn([])).toContain("milepost init");
});

test("the text of a file is shown as it is, with its lines numbered", () => {
  const html = String(
    <WorkflowFilePage {...page} file="a.ts" text={"const a = 1;\nconst b = '<i>';\n"} fault={fault} />,
  );
  expect(html).toContain("1  const a = 1;\n2  const b = &#39;&lt;i&gt;&#39;;\n");
});
