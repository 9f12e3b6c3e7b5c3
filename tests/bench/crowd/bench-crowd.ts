import { tableOf } from "../figure.ts";
import { benchCrowd } from "./crowd.ts";

/** Prints what people feel while a crowd of runs goes on, up to ten thousand after a restart: too long for the bench of everything. */
console.log(tableOf(await benchCrowd([1_000, 10_000])));
