import type { Alert } from "@onhand/core";
import { type FormEvent, useId } from "react";
import { useAction } from "../hooks/use-action";
import { useMe } from "../hooks/use-permissions";
import { Button } from "./button";
import { Sheet } from "./sheet";

/** Asks who looks after an alert. */
export function AssignSheet({ alert, onClose }: { readonly alert: Alert | undefined; readonly onClose: () => void }) {
  return (
    <Sheet open={alert !== undefined} onClose={onClose} title="Who looks after it?" place="middle">
      {alert && <AssignForm alert={alert} onDone={onClose} />}
    </Sheet>
  );
}

function AssignForm({ alert, onDone }: { readonly alert: Alert; readonly onDone: () => void }) {
  const me = useMe();
  const field = useId();
  const { run } = useAction("alerts.assign", "The alert was not assigned");
  async function assign(assignee: string | null) {
    const done = assignee === null ? "Nobody looks after it now" : `${assignee} looks after it`;
    if (await run({ id: alert.id, assignee }, done)) onDone();
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void assign(String(new FormData(event.currentTarget).get("assignee")).trim());
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <label htmlFor={field} className="block space-y-1.5 text-sm">
        <span className="font-medium">Name</span>
        <input id={field} name="assignee" required maxLength={100} defaultValue={alert.assignee ?? me} className="field w-full" />
      </label>
      <div className="flex flex-wrap justify-end gap-2">
        {alert.assignee !== undefined && <Button onClick={() => assign(null)}>Nobody</Button>}
        <Button type="submit" look="main">
          Assign
        </Button>
      </div>
    </form>
  );
}
