import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";

/**
 * The content of a file, readable from the start as often as needed: bytes, a `Blob` or `File`, or a function that opens it.
 *
 * A file is read twice, first to know it (its encoding and its fingerprint) and then to import it, so a stream that can
 * be read once only is not enough.
 *
 * @example
 * const source = () => createReadStream("stock.csv"); // or await openAsBlob("stock.csv"), or a File from a form
 */
export type Source = Uint8Array | Blob | (() => AsyncIterable<Uint8Array>);

/** What is known of a file after it was read once. */
export interface Inspection {
  /** SHA-256 of the bytes, hexadecimal. */
  readonly fingerprint: string;
  readonly bytes: number;
  /** The first 64 KiB. */
  readonly sample: Uint8Array;
  /** Whether all of it is well-formed UTF-8. */
  readonly utf8: boolean;
}

const sampleBytes = 65_536;
const chunkBytes = 65_536;

/**
 * The bytes of a file from its start, in small pieces, between which the rest of the process gets its turn: what is in memory
 * already would otherwise be imported in one go.
 */
export async function* openSource(source: Source, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunksOf(source)) {
    for (let at = 0; at < chunk.length; at += chunkBytes) {
      await setImmediate();
      signal?.throwIfAborted();
      yield chunk.subarray(at, at + chunkBytes);
    }
  }
}

function chunksOf(source: Source): AsyncIterable<Uint8Array> | Iterable<Uint8Array> {
  if (source instanceof Uint8Array) return [source];
  if (source instanceof Blob) return readBlob(source);
  if (typeof source === "function") return source();
  throw new TypeError("a source must be a Uint8Array, a Blob or a function that opens a stream of bytes");
}

async function* readBlob(blob: Blob): AsyncGenerator<Uint8Array> {
  const reader = blob.stream().getReader();
  try {
    for (let step = await reader.read(); !step.done; step = await reader.read()) yield step.value;
  } finally {
    await reader.cancel();
  }
}

/** Reads a file once, in bounded memory. */
export async function inspectSource(source: Source, signal?: AbortSignal): Promise<Inspection> {
  const hash = createHash("sha256");
  const decoder = new TextDecoder("utf-8", { fatal: true });
  const head: Uint8Array[] = [];
  let bytes = 0;
  let utf8 = true;
  for await (const chunk of openSource(source, signal)) {
    hash.update(chunk);
    if (bytes < sampleBytes) head.push(chunk.slice(0, sampleBytes - bytes));
    bytes += chunk.length;
    utf8 = utf8 && isUtf8(decoder, chunk);
  }
  utf8 = utf8 && isUtf8(decoder);
  return { fingerprint: hash.digest("hex"), bytes, sample: concat(head), utf8 };
}

function isUtf8(decoder: TextDecoder, chunk?: Uint8Array): boolean {
  try {
    decoder.decode(chunk, { stream: chunk !== undefined });
    return true;
  } catch (error) {
    // Exactly what a fatal decoder throws for ill-formed bytes.
    if (error instanceof TypeError) return false;
    throw error;
  }
}

/** One array of several. */
export function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
