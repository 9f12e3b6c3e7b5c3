// Runs the tests of the projects that it is told. Files that fail run once more when all others are done: a busy machine breaks a browser's
// test now and then, and nobody can trust a build that is red by chance. What passed only then is named, and is to be mended.
import { startVitest } from "vitest/node";

/** More than these are no accident of the machine. */
const mostAccidents = 4;

const vitest = await startVitest("test", [], { run: true, watch: false, project: process.argv.slice(2) });
const modules = vitest.state.getTestModules();
const failed = modules.filter((module) => !module.ok());
if (failed.length > 0 && failed.length <= mostAccidents && vitest.state.getUnhandledErrors().length === 0) {
  const files = failed.map((module) => module.relativeModuleId).join(", ");
  console.log(`\nOnce more, now that nothing else runs: ${files}`);
  process.exitCode = 0;
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(
    failed.map((module) => module.toTestSpecification()),
  );
  const passed = unhandledErrors.length === 0 && testModules.every((module) => module.ok());
  process.exitCode = passed ? 0 : 1;
  if (passed) console.log(`\nPassed at the second try only, to be mended: ${files}`);
}
await vitest.close();
