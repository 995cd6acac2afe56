const everyMs = 20;

/**
 * Asks again and again until the answer is yes: for conditions that only somebody else can bring about, such as a
 * server's start. Ends at once when asking fails.
 *
 * @throws Error naming what did not come true in time.
 */
export async function waitFor(what: string, withinMs: number, isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await isTrue())) {
    if (performance.now() > end) throw new Error(`waited ${withinMs} ms in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, everyMs));
  }
}
