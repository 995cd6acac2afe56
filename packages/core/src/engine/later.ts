type Turns = { setImmediate?(work: () => void): unknown; setTimeout(work: () => void, ms: number): unknown };

/** Runs work when whatever is under way has had its turn, what it sends included. */
export function later(work: () => void): void {
  const turns = globalThis as unknown as Turns;
  if (turns.setImmediate) turns.setImmediate(work);
  else turns.setTimeout(work, 0);
}
