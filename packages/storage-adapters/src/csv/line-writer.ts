import { crc32 } from "node:zlib";
import { checksumLength, encodeText, lineEnd } from "./line";

/** Lines put together as bytes. What a line is made of is written straight where it will stand: no text is made of it first. */
export interface LineWriter {
  /** Plain ASCII, as it is. */
  ascii(text: string): void;
  /** Any text, as it is. */
  text(text: string): void;
  /** A field without anything in it. This and the next two write the comma before the field. */
  empty(): void;
  integer(value: number): void;
  /** A text, escaped where it has to be. */
  field(value: string): void;
  /** Ends a line with its own checksum. */
  seal(): void;
  /** Everything written so far. Valid until more is written. */
  bytes(): Buffer;
  /** Starts anew in the same memory, unless that has grown large. */
  clear(): void;
}

const comma = 44;
const zero = 48;
const letter = 99;
const minus = 45;
const hexadecimal = Uint8Array.from("0123456789abcdef", (digit) => digit.charCodeAt(0));
/** 1 for characters that stand for themselves anywhere in a field; the rest take the long way. */
const plain = Uint8Array.from({ length: 128 }, (_, code) =>
  Number(code >= 32 && code < 127 && !'",\\'.includes(String.fromCharCode(code))),
);
/** 1 for those that do so at its start, too: no spreadsheet takes what they begin for a formula. */
const plainFirst = plain.map((isPlain, code) => isPlain && Number(!"=+-@".includes(String.fromCharCode(code))));
const digitsOfSafeInteger = 17;
const keptBytes = 1024 * 1024;
// What is below it is divided as an integer of 32 bits, which takes half the time.
const billion = 1_000_000_000;

export function createLineWriter(): LineWriter {
  let buffer = Buffer.allocUnsafe(1_024);
  let at = 0;
  let lineStart = 0;

  /** The memory to write to, with room for so many more bytes. */
  function room(more: number): Buffer {
    if (at + more <= buffer.length) return buffer;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + more));
    buffer.copy(larger, 0, 0, at);
    buffer = larger;
    return larger;
  }

  function text(value: string): void {
    at += room(value.length * 3).write(value, at, "utf8");
  }

  /** Writes the last digits of a number below a billion. */
  function digits(value: number, length: number): void {
    const target = buffer;
    let rest = value | 0;
    for (let place = at + length - 1; place >= at; place--) {
      const next = (rest / 10) | 0;
      target[place] = zero + rest - next * 10;
      rest = next;
    }
    at += length;
  }

  return {
    text,

    ascii(value) {
      const target = room(value.length);
      for (let index = 0; index < value.length; index++) target[at + index] = value.charCodeAt(index);
      at += value.length;
    },

    empty() {
      room(1)[at++] = comma;
    },

    integer(value) {
      const target = room(1 + digitsOfSafeInteger);
      target[at++] = comma;
      let rest = value;
      if (rest < 0) {
        target[at++] = minus;
        rest = -rest;
      }
      if (rest < billion) return digits(rest, lengthOf(rest));
      const high = Math.floor(rest / billion);
      digits(high, lengthOf(high));
      digits(rest - high * billion, 9);
    },

    field(value) {
      const target = room(1 + value.length);
      target[at++] = comma;
      let to = at;
      let isPlain: number | undefined = plainFirst[value.charCodeAt(0)];
      for (let index = 0; isPlain && index < value.length; index++) {
        const code = value.charCodeAt(index);
        isPlain = plain[code];
        target[to++] = code;
      }
      if (isPlain) at = to;
      else text(encodeText(value));
    },

    seal() {
      const checksum = crc32(buffer.subarray(lineStart, at));
      const target = room(checksumLength + lineEnd.length);
      target[at++] = comma;
      target[at++] = letter;
      for (let shift = 28; shift >= 0; shift -= 4) target[at++] = hexadecimal[(checksum >>> shift) & 15] as number;
      target[at++] = 13;
      target[at++] = 10;
      lineStart = at;
    },

    bytes: () => buffer.subarray(0, at),

    clear() {
      if (buffer.length > keptBytes) buffer = Buffer.allocUnsafe(keptBytes);
      at = 0;
      lineStart = 0;
    },
  };
}

/** How many digits a number below a billion has. */
function lengthOf(value: number): number {
  let length = 1;
  for (let power = 10; power <= value; power *= 10) length++;
  return length;
}
