import type { Session } from "./dialect";

/** Rolls back what a session has open. A connection that does not say it did is given up: its end undoes it. */
export async function undo(session: Session): Promise<void> {
  if (session.broken) return;
  try {
    await session.run({ text: "ROLLBACK", values: [] });
  } catch {
    session.destroy();
  }
}
