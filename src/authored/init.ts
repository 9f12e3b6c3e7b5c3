import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";

/**
 * Puts into a folder for workflows of one's own what it lacks; nothing that is there is touched. `types`: the file that
 * says what `milepost` gives. Gives the names of what was made.
 */
export const initFolder = async (folder: string, types: string): Promise<string[]> => {
  await chmod(folder, 0o755);
  const made: string[] = [];
  for (const [name, text] of Object.entries(files(types))) {
    const isNew = await writeFile(join(folder, name), text, { flag: "wx", mode: 0o644 }).then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code === "EEXIST") return false;
        throw error;
      },
    );
    // Whatever one's umask says, nobody else may write there.
    if (isNew) await chmod(join(folder, name), 0o644);
    if (isNew) made.push(name);
  }
  return made;
};

const files = (types: string): Record<string, string> => ({
  "package.json": `${JSON.stringify({ name: "workflows", private: true, type: "module" }, null, 2)}\n`,
  "tsconfig.json": `${JSON.stringify(
    {
      compilerOptions: {
        target: "ESNext",
        lib: ["ESNext", "DOM"],
        module: "NodeNext",
        strict: true,
        noEmit: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
        types: ["*"],
        paths: { milepost: [types] },
      },
      include: ["**/*.ts"],
    },
    null,
    2,
  )}\n`,
  ".gitignore": "node_modules/\n",
  "greet.ts": `import { start, text, workflow } from "milepost";

// Change a word and save: the next run says it.
export default workflow(
  "greet",
  "Greet somebody",
  "Says hello, as an example of a workflow of your own.",
  start({
    fields: [text("name", "Whom?", { required: true })],
    subject: ({ name }) => name,
  }),
)
  .do("think", "Think of a greeting", {
    run: async ({ input, log }) => {
      log(\`Thinking of \${input.name}\`);
      return \`Hello, \${input.name}!\`;
    },
    readsOnly: true,
  })
  .hands((_input, { think }) => ({ sentence: think }));
`,
  "README.md": `# Workflows of our own

Each \`.ts\` file here exports a workflow as its default, each \`.sh\` file with a header is one too. What is saved is in use a moment
later; Milepost's page "Workflows" says what is wrong with a file, and where. What several share lies in a folder of its own (\`lib/\`).

- \`milepost check .\` looks at all of them without a server.
- Whoever may write here may do all that Milepost may: only its own user should.
- Types: your editor finds them by \`paths\` in tsconfig.json. After moving Milepost, correct that path, or delete tsconfig.json and run
  \`milepost init\` again.
`,
});
