import { defineConfig } from "vitest/config";

// fast: no child servers, no browser, no sweeps; runs at every check. slow: real processes, real browser, real time, six files at a time.
// alone: slow ones that measure time or memory, or take up both cores by thousands of clients; one after the other, after the others.
// apps-in-postgres: tests of generated apps that run in fast or slow with SQLite, once more with their tables in a PostgreSQL.
// in-postgres: tests of the engine and the web that run in fast, once more with their stores in a PostgreSQL: npm run test:postgres.
// cluster: the one with several nodes that runs in slow with a few runs, with 300 and every fault twice: npm run test:cluster.
// botify: asks the real Botify, whose account and token it is told: npm run test:botify.
// openclaw: needs minutes and 650 MB of npm packages, so it runs only when asked: npm run test:openclaw.
const appsAnywhere = [
  ...["api", "bin", "bulk", "check-schema", "computed", "csv", "import", "moves", "numbers", "pages"],
  "registry",
].map((name) => `tests/apps/${name}.test.ts`);
const appWorkflows = ["change-app.test", "generate-app.test", "import-rows.slow.test"].map(
  (name) => `tests/workflows/${name}.ts`,
);

export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: ["tests/**/*.{slow,alone,real}.test.{ts,tsx}", "tests/apps/in-postgres.test.ts"],
          // On two cores vitest would use one.
          maxWorkers: 3,
          // No module keeps a state of its own, so files need no fresh ones: that halves the time.
          isolate: false,
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["tests/**/*.slow.test.{ts,tsx}"],
          setupFiles: ["tests/setup/compile-cache.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          // On two cores: most of the time they wait for somebody else.
          maxWorkers: 6,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: "apps-in-postgres",
          include: [...appsAnywhere, ...appWorkflows, "tests/apps/in-postgres.test.ts"],
          globalSetup: "tests/apps/on-postgres.ts",
          testTimeout: 900_000,
          hookTimeout: 900_000,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 3 },
        },
      },
      {
        extends: true,
        test: {
          name: "in-postgres",
          include: ["tests/{engine,web}/*.test.ts"],
          exclude: ["tests/{engine,web}/*.{slow,alone}.test.ts"],
          globalSetup: "tests/store/on-postgres.ts",
          testTimeout: 900_000,
          hookTimeout: 900_000,
          isolate: false,
          maxWorkers: 3,
          sequence: { groupOrder: 4 },
        },
      },
      {
        extends: true,
        test: {
          name: "alone",
          include: ["tests/**/*.alone.test.ts"],
          setupFiles: ["tests/setup/compile-cache.ts"],
          testTimeout: 900_000,
          hookTimeout: 900_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        extends: true,
        test: {
          name: "cluster",
          include: ["tests/main/cluster/cluster.slow.test.ts"],
          setupFiles: ["tests/setup/compile-cache.ts"],
          provide: { clusterRuns: 300 },
        },
      },
      {
        extends: true,
        test: {
          name: "botify",
          include: ["tests/botify/*.real.test.ts"],
          testTimeout: 900_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: "openclaw",
          include: ["tests/openclaw/*.real.test.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
        },
      },
    ],
    // A fuse against what hangs, not a measure: a busy machine takes its time.
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 120_000 } },
  },
});
