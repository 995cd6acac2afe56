/** Keeps a bounded number of promises under way. */
export interface Window {
  /** Starts the work as soon as there is room; resolves then, not when it is done. */
  start(work: () => Promise<void>): Promise<void>;
  /** Waits until nothing is under way. */
  drained(): Promise<void>;
}

/** The first failure of any work is thrown by whatever is called next; work after it is not started. */
export function createWindow(limit: number): Window {
  const failures: unknown[] = [];
  let underWay = 0;
  let wake: (() => void) | undefined;

  const check = () => {
    if (failures.length > 0) throw failures[0];
  };
  async function until(room: () => boolean): Promise<void> {
    while (!room()) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    check();
  }
  function ended(): void {
    underWay--;
    wake?.();
  }

  return {
    async start(work) {
      if (underWay >= limit) await until(() => underWay < limit);
      check();
      underWay++;
      work().then(ended, (error) => {
        failures.push(error);
        ended();
      });
    },
    drained: () => until(() => underWay === 0),
  };
}
