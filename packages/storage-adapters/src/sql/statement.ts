import type { Bound } from "./rows";

/** One statement with what is bound to it. */
export interface Statement {
  readonly text: string;
  readonly values: readonly Bound[];
  /** Sent often with the same text: worth a prepared statement of its own. */
  readonly prepared?: boolean;
  /** Its numbers may pass what a number holds exactly. */
  readonly exact?: boolean;
}

/** Collects the values of a statement while its text is written. */
export interface Parameters {
  readonly values: Bound[];
  /** Binds a value and gives what stands for it in the text. */
  add(value: Bound): string;
}

export function createParameters(placeholder: (position: number) => string): Parameters {
  const values: Bound[] = [];
  return {
    values,
    add(value) {
      values.push(value);
      return placeholder(values.length);
    },
  };
}
