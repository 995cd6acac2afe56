import type { Registry } from "prom-client";

/** Where metrics are made, and what their names begin with. */
export interface Place {
  readonly registers: Registry[];
  readonly prefix: string;
}
