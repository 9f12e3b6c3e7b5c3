import { test } from "vitest";
import { assertChaosHolds } from "./chaos/promises.ts";

// Many more in chaos.slow.test.ts.
test("whatever authors' functions do, whoever presses what and whenever the server dies: every run ends, asks or is paused, and tells each attempt", () =>
  assertChaosHolds(25));
