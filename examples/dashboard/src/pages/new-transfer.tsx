import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { useDesk } from "../desk";
import { useAction } from "../hooks/use-action";
import { plainAmount, totalOf } from "../model/lots";
import { Button, buttonLook } from "../parts/button";
import { Field } from "../parts/field";
import { type EditedLine, LinesEditor, wantedLines } from "../parts/lines-editor";
import { MayNot } from "../parts/may-not";
import { Page } from "../parts/page";
import { PlaceSelect } from "../parts/place-select";

/** Sends goods on their way. */
export function NewTransferPage() {
  const { storeId } = useDesk();
  const [from, setFrom] = useState(storeId ?? "");
  const [to, setTo] = useState("");
  const [lines, setLines] = useState<readonly EditedLine[]>([]);
  const [, goTo] = useLocation();
  const ship = useAction("transfers.ship", "Nothing was sent");

  /** Lots that were chosen are at the store they were chosen for. */
  function leaveFrom(storeId: string): void {
    setFrom(storeId);
    setLines(lines.map(({ sku, ...amount }) => ({ ...plainAmount(totalOf(amount)), sku })));
  }

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    const shipped = await ship.run({ from, to, lines: wantedLines(lines) }, "Sent: the goods count as incoming where they go");
    if (shipped) goTo(`/transfers/${shipped.transfer.id}`);
  }

  return (
    <Page title="Send goods">
      <MayNot may={ship.may} />
      <form onSubmit={submit} className="max-w-3xl space-y-4">
        <div className="grid gap-4 sm:grid-cols-2">
          <Field name="From">
            <PlaceSelect name="from" value={from} onChoose={leaveFrom} />
          </Field>
          <Field name="To">
            <PlaceSelect name="to" value={to} onChoose={setTo} />
          </Field>
        </div>
        <LinesEditor lines={lines} onLines={setLines} from={from} />
        <div className="flex justify-end gap-2">
          <Link href="/transfers" className={buttonLook("quiet")}>
            Back
          </Link>
          <Button
            type="submit"
            look="main"
            disabled={lines.length === 0 || lines.some((line) => !(totalOf(line) > 0)) || from === to || ship.busy || !ship.may}
          >
            Send
          </Button>
        </div>
      </form>
    </Page>
  );
}
