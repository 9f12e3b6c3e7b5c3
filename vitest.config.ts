import { defineConfig } from "vitest/config";

// fast: no child servers, no browser; runs at every check. slow: real processes, real browser, real time.
export default defineConfig({
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: "fast",
          include: ["tests/**/*.test.{ts,tsx}"],
          exclude: ["tests/**/*.slow.test.{ts,tsx}"],
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
    ],
    testTimeout: 20_000,
  },
});
