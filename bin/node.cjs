"use strict";
// Runs a program on a Node that can run this project: node bin/node.cjs [flags] program. Whatever Node the machine has reads this file
// first, so it is plain, old JavaScript.
const { spawn, spawnSync } = require("node:child_process");
const { constants } = require("node:os");
const { join } = require("node:path");

// 24.11 began the long-term line of 24; 25 has ended.
const fits = ([major, minor]) => (major === 24 && minor >= 11) || major >= 26;
const wanted = "Node.js 24 (from 24.11 on), or 26 or newer";

const windows = process.platform === "win32";
const platform = `${windows ? "win" : process.platform}-${process.arch}`;

/** The Node of the optional package for this platform; undefined where that is not installed. */
const packaged = () => {
  try {
    return require.resolve(`node-${platform}/bin/node${windows ? ".exe" : ""}`);
  } catch (_) {
    return undefined;
  }
};

/** Empty when the program does not run here, as one for another C library. */
const versionOf = (program) =>
  program === process.execPath
    ? process.versions.node
    : String(spawnSync(program, ["--version"]).stdout || "").replace(/^v|\s+$/g, "");

const choose = () => {
  // npm's scripts find the packaged one on their PATH; which one npm itself runs on, it says.
  const machines = process.env.npm_node_execpath || process.execPath;
  const node = [machines, process.execPath, packaged()].find(
    (program) => program && fits(versionOf(program).split(".").map(Number)),
  );
  if (node) return node;
  const brought = `node-${platform}` in require("../package.json").optionalDependencies;
  process.stderr.write(
    `This needs ${wanted}; the machine has ${versionOf(machines)}. ${
      brought
        ? "The one that npm install brings along is missing or does not run here (npm leaves it out with --omit=optional)."
        : `There is none to bring along for ${platform}.`
    } Install Node.js 24 from https://nodejs.org and try again.\n`,
  );
  process.exit(1);
};

const ender = join(__dirname, "ends-with-parent.cjs");
const byNpm = process.env.npm_lifecycle_event && !windows;

const run = (node, args) => {
  if (process.execve)
    process.execve(node, [node, ...(byNpm ? ["--require", ender] : []), ...args], process.env);
  const child = spawn(node, [...(windows ? [] : ["--require", ender]), ...args], { stdio: "inherit" });
  if (byNpm) require(ender);
  // Windows tells each program of a console by itself, and would end the child at once when told to pass it on.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => windows || child.kill(signal));
  child.on("exit", (code, signal) => process.exit(signal ? 128 + constants.signals[signal] : code));
};

exports.runOnNode = (args) => run(choose(), args);

if (require.main === module) exports.runOnNode(process.argv.slice(2));
