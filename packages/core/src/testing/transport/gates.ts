/** A door that work waits at until it is opened. */
export interface Gate {
  /** Whether somebody waits. */
  readonly waited: boolean;
  pass(): Promise<void>;
  open(): void;
}

/** Makes a closed gate, so that a case decides what happens while work is half done. */
export function createGate(): Gate {
  let release: () => void = () => undefined;
  let waited = false;
  const opened = new Promise<void>((resolve) => {
    release = resolve;
  });
  return {
    get waited() {
      return waited;
    },
    async pass() {
      waited = true;
      await opened;
    },
    open: () => release(),
  };
}
