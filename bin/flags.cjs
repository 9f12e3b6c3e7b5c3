"use strict";
// How Node is to run Milepost, from whatever folder it is called.
module.exports = ["--max-semi-space-size=8"];
