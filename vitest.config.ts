import { defineConfig } from "vitest/config";

// fast: no child servers, no browser; runs at every check. slow: real processes, real browser, real time.
// openclaw: needs minutes and 650 MB of npm packages, so it runs only when asked: npm run test:openclaw.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: ["tests/**/*.slow.test.{ts,tsx}", "tests/**/*.real.test.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "slow",
          include: ["tests/**/*.slow.test.{ts,tsx}"],
          testTimeout: 300_000,
          hookTimeout: 120_000,
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
    testTimeout: 20_000,
  },
});
