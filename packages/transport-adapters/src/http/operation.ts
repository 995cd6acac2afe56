import type { Actor, InventoryErrorCode } from "@onhand/core";
import type { JsonSchema, Schema } from "@onhand/core/schemas";
import type { Permissions } from "../shared/authorization";
import type { Input } from "./input";
import type { Route } from "./routes";

/** Who asks for what. */
export interface Call {
  readonly input: Input;
  /** The body of an operation that takes a file. */
  readonly file: Blob;
  readonly actor: Actor;
  readonly permissions: Permissions;
  readonly requestId: string;
  /** Which of these media types the caller would rather have, by their `Accept`; the usual one where that names none of them. */
  readonly prefers: (types: readonly string[], usual: string) => string;
  /** Aborted when nobody waits for the answer any more. */
  readonly signal: () => AbortSignal;
}

/** Work that goes on when its caller has been answered. */
export interface Later {
  /** Whether it heeds its signal. */
  readonly cancellable: boolean;
  readonly work: (signal: AbortSignal, progress: (progress: unknown) => void) => Promise<unknown>;
}

/** One thing that can be asked for: a method and a path, what it takes, what it answers, and how it is done. */
export interface Operation {
  /** As in the inventory's api: `stock.sell`. */
  readonly name: string;
  readonly route: Route;
  /** Whether it may change something; `authorize` is asked about it by its name then. */
  readonly writes: boolean;
  /** Whether it is a command: run in the caller's name, and under their key. */
  readonly isCommand: boolean;
  /** Where fields that are not in the path come from. */
  readonly from: "body" | "query";
  /** The body is a file of one of these types. */
  readonly file?: { readonly types: readonly string[]; readonly maxBytes: number };
  /** All fields it takes, those in the path too. */
  readonly takes: JsonSchema;
  readonly answers: JsonSchema;
  /** Media types of the files it can answer with instead. */
  readonly files?: readonly string[];
  readonly status: 200 | 201 | 202;
  /** The codes it may refuse with by its own rule. */
  readonly refusals: readonly InventoryErrorCode[];
  /** What of the answer is told in headers. */
  readonly headers?: (answer: object) => Readonly<Record<string, string>>;
  /** Answers with what is sent as JSON, or with a file. */
  readonly run: (call: Call) => Promise<object>;
  /** The same as a job, for callers who prefer that; what can be told at once is refused before. */
  readonly later?: (call: Call) => Promise<Later>;
}

type Schemas = Readonly<Record<string, Schema>>;

/** The schema of what is called so. */
export function schemaOf(schemas: Schemas, name: string): Schema {
  const schema = schemas[name];
  if (!schema) throw new TypeError(`${name} has a route but no schema`);
  return schema;
}

/** The facts of a schema of an object. */
export interface ObjectSchema extends JsonSchema {
  readonly properties: Readonly<Record<string, JsonSchema>>;
}
