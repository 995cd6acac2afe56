import type { ClientTransport, TransportConnection } from "@onhand/core/protocol/client";
import type { Timers } from "../shared/timers";

/**
 * Opens ways, says nothing over them, and closes them again.
 *
 * @param onAnswer - called once: with the index of the first way that opened, or undefined when none did in time.
 * @returns what ends it without an answer.
 */
export function probe(
  ways: readonly ClientTransport[],
  { withinMs, timers, onAnswer }: { readonly withinMs: number; readonly timers: Timers; readonly onAnswer: (opened?: number) => void },
): () => void {
  const links: TransportConnection[] = [];
  let left = ways.length;
  let isOver = false;

  function stop(): void {
    isOver = true;
    stopWaiting();
    for (const link of links.splice(0)) link.close();
  }

  function answer(opened?: number): void {
    if (isOver) return;
    stop();
    onAnswer(opened);
  }

  const stopWaiting = timers.after(withinMs, () => answer());
  for (const [index, way] of ways.entries()) {
    if (isOver) break;
    const link = way.connect({
      onOpen: () => answer(index),
      onFrame: () => undefined,
      onClose() {
        left -= 1;
        if (left === 0) answer();
      },
    });
    if (isOver) link.close();
    else links.push(link);
  }
  return stop;
}
