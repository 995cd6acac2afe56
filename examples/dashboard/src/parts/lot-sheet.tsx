import type { LotLevel } from "@onhand/core";
import { useQueryClient } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { useAction } from "../hooks/use-action";
import { formatLastDay } from "../model/format";
import { endOf, lastDayOf } from "../model/lots";
import { Button } from "./button";
import { Field } from "./field";
import { Sheet } from "./sheet";

/** Sets right when a lot expires, wherever its goods are. */
export function LotSheet({ lot, onClose }: { readonly lot: LotLevel | undefined; readonly onClose: () => void }) {
  return (
    <Sheet open={lot !== undefined} onClose={onClose} title="When does it expire?" place="middle">
      {lot && <LotForm lot={lot} onDone={onClose} />}
    </Sheet>
  );
}

function LotForm({ lot: { sku, lot, expiresAt }, onDone }: { readonly lot: LotLevel; readonly onDone: () => void }) {
  const questions = useQueryClient();
  const { run, busy } = useAction("lots.update", "The lot was not changed");
  async function set(next: number | null) {
    const done = next === null ? `${lot} never expires` : `${lot} can be sold until ${formatLastDay(next)}`;
    if (!(await run({ sku, lot, expiresAt: next }, done))) return;
    onDone();
    await questions.invalidateQueries({ queryKey: ["lots", sku] });
  }
  function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    void set(endOf(String(new FormData(event.currentTarget).get("lastDay"))));
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field name="Last day to sell">
        <input
          name="lastDay"
          type="date"
          required
          defaultValue={expiresAt === undefined ? "" : lastDayOf(expiresAt)}
          className="field w-full"
        />
      </Field>
      <p className="text-sm text-soft">It counts for all goods of lot {lot}, at every store.</p>
      <div className="flex flex-wrap justify-end gap-2">
        {expiresAt !== undefined && (
          <Button disabled={busy} onClick={() => set(null)}>
            It never expires
          </Button>
        )}
        <Button type="submit" look="main" disabled={busy}>
          Save
        </Button>
      </div>
    </form>
  );
}
