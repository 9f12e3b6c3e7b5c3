"use strict";
// Knows again, without reading them, files that are what they were: reading and hashing all sources takes a tenth of a start.
const { statSync } = require("node:fs");

/** A file of just now may be written again within the same tick of the clock that its stamp was read from. */
const settledMs = 2_000;

/** Nobody can set back when an inode changed, so a file that was written, replaced, moved or touched since has another one. */
const stampOf = (now) => (now ? `${now.ino} ${now.size} ${now.mtimeMs} ${now.ctimeMs}` : "none");

const found = (path) => statSync(path, { throwIfNoEntry: false });

/**
 * A text by which `keyStamped` knows the key again that was made of these paths after `begunMs` (epoch, ms). Undefined while one of them
 * is so young that it could not tell.
 */
exports.stamped = (key, paths, begunMs) => {
  const lines = [];
  for (const path of paths) {
    const now = found(path);
    if (now && now.ctimeMs > begunMs - settledMs) return undefined;
    lines.push(path, stampOf(now));
  }
  return [key, ...lines].join("\n");
};

/** The key of such a text; undefined when any path is otherwise than then. */
exports.keyStamped = (text) => {
  const [key, ...lines] = text.split("\n");
  for (let at = 0; at < lines.length; at += 2)
    if (stampOf(found(lines[at])) !== lines[at + 1]) return undefined;
  return key;
};
