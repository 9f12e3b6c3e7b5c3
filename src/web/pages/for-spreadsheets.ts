import { Transform } from "node:stream";
import { harmless } from "#apps/runtime/formula.ts";

const byteOrderMark = Buffer.from("\uFEFF");
const comma = 0x2c;
const quote = 0x22;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;
/** A formula shows within so much of a cell, and no number is longer. */
const mostHeldBytes = 64;

type State = "start" | "plain" | "quoted" | "quote-seen" | "held" | "held-quoted";

/**
 * A CSV (RFC 4180, comma, UTF-8) as spreadsheets may open it: with a byte order mark, without which they spoil accents, and with an
 * apostrophe before text that they would run as a formula. Numbers stay numbers.
 */
export const forSpreadsheets = (): Transform => {
  let state: State = "start";
  let held: number[] = [];
  let isFirst = true;
  const out: number[] = [];

  const release = (isWhole = true) => {
    const text = Buffer.from(held).toString("utf8");
    // What follows nothing but blanks is not known yet, and the last sign may be cut.
    const shown = isWhole ? text : `${text.replace(/\uFFFD+$/, "")}=`;
    if (!isNumber(text) && harmless(shown) !== shown) out.push(0x27);
    out.push(...held);
    held = [];
  };
  const hold = (byte: number, next: "plain" | "quoted") => {
    held.push(byte);
    if (held.length < mostHeldBytes) return;
    release(false);
    state = next;
  };
  const take = (byte: number): void => {
    const ends = byte === comma || byte === lineFeed || byte === carriageReturn;
    switch (state) {
      case "start":
        if (byte === quote) state = "held-quoted";
        else if (!ends) {
          state = "held";
          hold(byte, "plain");
          return;
        }
        break;
      case "held":
        if (!ends) {
          hold(byte, "plain");
          return;
        }
        release();
        state = "start";
        break;
      case "held-quoted":
        if (byte !== quote) {
          hold(byte, "quoted");
          return;
        }
        release();
        state = "quote-seen";
        break;
      case "quote-seen":
        state = byte === quote ? "quoted" : ends ? "start" : "plain";
        break;
      case "plain":
        if (ends) state = "start";
        break;
      case "quoted":
        if (byte === quote) state = "quote-seen";
        break;
      default:
        state satisfies never;
    }
    out.push(byte);
  };
  const given = (): Buffer => {
    const bytes = Buffer.from(out);
    out.length = 0;
    return isFirst ? Buffer.concat([byteOrderMark, bytes]) : bytes;
  };

  return new Transform({
    transform(chunk: Buffer, _, passOn) {
      for (const byte of chunk) take(byte);
      const bytes = given();
      isFirst = false;
      passOn(null, bytes);
    },
    flush(passOn) {
      release();
      passOn(null, given());
    },
  });
};

const isNumber = (text: string): boolean => /^[+-]?\d+([.,]\d+)*(e[+-]?\d+)?%?$/i.test(text);
