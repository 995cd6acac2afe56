import type { Session } from "./dialect";
import { undo } from "./undo";

/** Does work in the transaction that a session has just begun, and commits it. What fails is undone, all of it. */
export async function committed<T>(session: Session, work: () => Promise<T>): Promise<T> {
  try {
    const result = await work();
    await session.run({ text: "COMMIT", values: [] });
    return result;
  } catch (error) {
    await undo(session);
    throw error;
  }
}
