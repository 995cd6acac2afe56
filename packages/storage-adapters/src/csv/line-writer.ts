import { crc32 } from "node:zlib";
import { checksumLength, encodeText, lineEnd } from "./line";

/** Lines put together as bytes. What a line is made of is written straight where it will stand: no text is made of it first. */
export interface LineWriter {
  /** Plain ASCII, as it is. */
  ascii(text: string): void;
  /** Any text, as it is. */
  text(text: string): void;
  integer(value: number): void;
  /** A text as a field, escaped where it has to be. */
  field(value: string): void;
  /** Ends a line with its own checksum. */
  seal(): void;
  /** Everything written so far. Valid until more is written. */
  bytes(): Buffer;
  /** Starts anew in the same memory. */
  clear(): void;
}

const comma = 44;
const zero = 48;
const letter = 99;
const hexadecimal = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
const minus = 45;
/** 1 for characters that stand for themselves anywhere in a field; the rest take the long way. */
const plain = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(code >= 32 && code < 127 && !'",\\'.includes(String.fromCharCode(code))),
);
const formula = new Set([..."=+-@"].map((character) => character.charCodeAt(0)));
const digitsOfSafeInteger = 17;

export function createLineWriter(capacity: number): LineWriter {
  let buffer = Buffer.allocUnsafe(Math.max(1_024, capacity));
  let at = 0;
  let lineStart = 0;

  function reserve(more: number): void {
    if (at + more <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + more));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
  }

  function ascii(text: string): void {
    reserve(text.length);
    for (let index = 0; index < text.length; index++) buffer[at++] = text.charCodeAt(index);
  }

  function text(value: string): void {
    reserve(value.length * 3);
    at += buffer.write(value, at, "utf8");
  }

  return {
    ascii,
    text,

    integer(value) {
      reserve(digitsOfSafeInteger);
      let rest = value;
      if (rest < 0) {
        buffer[at++] = minus;
        rest = -rest;
      }
      let length = 1;
      for (let power = 10; power <= rest; power *= 10) length++;
      for (let place = at + length - 1; place >= at; place--) {
        const next = Math.floor(rest / 10);
        const digit = rest - next * 10;
        buffer[place] = zero + digit;
        rest = next;
      }
      at += length;
    },

    field(value) {
      reserve(value.length);
      const start = at;
      const first = value.charCodeAt(0);
      if (value !== "" && !formula.has(first)) {
        let index = 0;
        for (; index < value.length; index++) {
          const code = value.charCodeAt(index);
          if (code > 127 || plain[code] === 0) break;
          buffer[at++] = code;
        }
        if (index === value.length) return;
      }
      at = start;
      text(encodeText(value));
    },

    seal() {
      const checksum = crc32(buffer.subarray(lineStart, at));
      reserve(checksumLength + lineEnd.length);
      buffer[at++] = comma;
      buffer[at++] = letter;
      for (let shift = 28; shift >= 0; shift -= 4) buffer[at++] = hexadecimal[(checksum >>> shift) & 15] as number;
      buffer[at++] = 13;
      buffer[at++] = 10;
      lineStart = at;
    },

    bytes: () => buffer.subarray(0, at),

    clear() {
      at = 0;
      lineStart = 0;
    },
  };
}
