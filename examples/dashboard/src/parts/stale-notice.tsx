import { useConnection } from "@onhand/react";
import { CloudOff } from "lucide-react";
import { useNow } from "../hooks/use-now";
import { formatTime } from "../model/format";

const quietForMs = 3_000;

/** Says from when the figures are, once the connection has been down for longer than a blink. */
export function StaleNotice() {
  const { downSince, reason, status } = useConnection();
  const now = useNow(downSince !== undefined);
  if (downSince === undefined || status === "needs-auth" || now - downSince < quietForMs) return null;
  return (
    <p className="flex items-center gap-3 rounded-xl bg-warn-well px-4 py-3 text-sm text-warn" data-testid="stale">
      <CloudOff size={18} aria-hidden className="shrink-0" />
      <span>
        Figures as of {formatTime(downSince, now)}: {reason}. What you enter now is sent as soon as the server is back.
      </span>
    </p>
  );
}
