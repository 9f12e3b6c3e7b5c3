"use strict";
// npm passes SIGTERM to the shell that runs a script, and that shell ends without telling its child, which would stay behind.
const { isMainThread } = require("node:worker_threads");

if (isMainThread) {
  const parent = process.ppid;
  const look = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(look);
    process.kill(process.pid, "SIGTERM");
  }, 1_000);
  look.unref();
}
