export { type ManualTime, manualTime } from "@onhand/core/testing";

/** Waits until everything that is only promises has happened. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise<void>((resolve) => setImmediate(resolve));
}
