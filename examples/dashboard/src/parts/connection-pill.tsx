import type { ConnectionState, ConnectionStatus } from "@onhand/client";
import { useConnection, usePendingCommands } from "@onhand/react";
import { useNow } from "../hooks/use-now";

type Tone = "good" | "warn" | "bad";

const looks = {
  idle: ["Starting", "warn"],
  connecting: ["Connecting", "warn"],
  syncing: ["Catching up", "warn"],
  live: ["Live", "good"],
  backoff: ["Reconnecting", "warn"],
  suspended: ["Offline", "bad"],
  "needs-auth": ["Signed out", "bad"],
  failed: ["Disconnected", "bad"],
  closed: ["Closed", "bad"],
} as const satisfies Record<ConnectionStatus, readonly [string, Tone]>;

const tones = {
  good: "bg-good-well text-good",
  warn: "bg-warn-well text-warn",
  bad: "bg-bad-well text-bad",
} as const satisfies Record<Tone, string>;

/** How the page stands with its server, why, and when it tries again. */
export function ConnectionPill() {
  const connection = useConnection();
  const waiting = usePendingCommands((commands) => commands.length);
  const [name, tone] = looks[connection.status];
  const now = useNow(connection.retryAt !== undefined);
  const details = [connection.status === "live" ? undefined : connection.reason, retryText(connection, now), unsentText(waiting)];
  return (
    <div
      data-testid="connection"
      data-status={connection.status}
      title={connection.reason}
      className={`flex h-8 min-w-0 items-center gap-2 rounded-full px-3 text-sm ${tones[tone]}`}
    >
      <span aria-hidden className={`size-2 shrink-0 rounded-full bg-current ${tone === "warn" ? "animate-breathe" : ""}`} />
      <span className="font-medium">{name}</span>
      <span className="hidden truncate md:inline">{details.filter(Boolean).join(" · ")}</span>
      <span className="sr-only" aria-live="polite">
        Connection: {name}, {connection.reason}
      </span>
    </div>
  );
}

function retryText({ retryAt }: ConnectionState, now: number): string | undefined {
  if (retryAt === undefined) return undefined;
  const seconds = Math.ceil((retryAt - now) / 1_000);
  return seconds > 0 ? `next try in ${seconds} s` : "trying now";
}

const unsentText = (waiting: number): string | undefined => (waiting > 0 ? `${waiting} waiting` : undefined);
