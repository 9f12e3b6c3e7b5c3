"use strict";
const { pathToFileURL } = require("node:url");

// How Node is to run Milepost, from whatever folder it is called.
module.exports = [
  "--max-semi-space-size=8",
  "--import",
  pathToFileURL(require.resolve("tsx", { paths: [__dirname] })).href,
];
