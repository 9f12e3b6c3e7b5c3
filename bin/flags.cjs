"use strict";
// How Node is to run Milepost, from whatever folder it is called. What libraries try of Node's newest is no news to whoever reads the log.
module.exports = ["--max-semi-space-size=8", "--disable-warning=ExperimentalWarning"];
