/** Where the host hears of what went wrong without a caller to tell. Shaped like pino's and console's methods. */
export interface Logger {
  /** Something failed. */
  error(facts: { readonly error: unknown; readonly [name: string]: unknown }, message: string): void;
  /** Something is odd, and nothing failed. */
  warn(facts: { readonly [name: string]: unknown }, message: string): void;
}

/** Writes to the console; the default. */
export const consoleLogger: Logger = {
  // biome-ignore lint/suspicious/noConsole: the host gave no logger, and an error must not pass unheard.
  error: (facts, message) => console.error(message, facts),
  // biome-ignore lint/suspicious/noConsole: as above.
  warn: (facts, message) => console.warn(message, facts),
};
