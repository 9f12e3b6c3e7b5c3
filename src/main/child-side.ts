/** What every process that `startChild` starts does before its own work. */

/** As often as it says that it lives; one that is stuck in a loop cannot. */
const aliveEveryMs = 1_000;

// However the parent ended, by kill -9 too.
process.once("disconnect", () => process.exit());
setInterval(() => process.connected && process.send?.("alive", () => undefined), aliveEveryMs).unref();
// A terminal and service managers send these to all processes at once, but it is for the parent to say when we end: after its own work.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => undefined);
