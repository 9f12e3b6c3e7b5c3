import { test } from "vitest";
import { assertChaosHolds } from "./chaos/promises.ts";

test("of very many runs of misbehaving workflows under deaths and verbs, each keeps every promise", () =>
  assertChaosHolds(300));
