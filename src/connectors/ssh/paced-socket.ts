import type { Readable } from "node:stream";

/** What one peer may have of our time before others get theirs. */
const sliceMs = 8;
/** For each millisecond of work so long a pause: a flooding peer gets a third of the time at most. */
const pauseFactor = 2;
/** Banners and keys are a few kilobytes. */
const mostBeforeSignInBytes = 1024 * 1024;

/**
 * Reads a peer only as fast as leaves time for all others: what its bytes cost us, listeners included, is measured, and reading pauses
 * accordingly, so that TCP slows the peer down. Call it before anybody listens for data; `flooded` is called once when the peer talks
 * without end before `isSignedIn`.
 */
export const pace = (socket: Readable, isSignedIn: () => boolean, flooded: () => void): void => {
  let spentMs = 0;
  let sizeBytes = 0;
  // Explicitly, or the first listener would let it flow before the others are there.
  socket.pause();
  socket.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (!isSignedIn() && sizeBytes > mostBeforeSignInBytes) {
      sizeBytes = Number.NEGATIVE_INFINITY;
      return flooded();
    }
    const began = performance.now();
    // When all who listen have had the chunk.
    process.nextTick(() => {
      spentMs += performance.now() - began;
      if (spentMs < sliceMs || socket.destroyed) return;
      socket.pause();
      setTimeout(() => socket.resume(), spentMs * pauseFactor);
      spentMs = 0;
    });
  });
};
