import { useSuppliers } from "@onhand/react";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { useDesk, usePlaces } from "../desk";
import { useAction } from "../hooks/use-action";
import { Button, buttonLook } from "../parts/button";
import { Field } from "../parts/field";
import { type EditedLine, LinesEditor, wantedLines } from "../parts/lines-editor";
import { MayNot } from "../parts/may-not";
import { Page } from "../parts/page";

/** Drafts an order. */
export function NewOrderPage() {
  const { storeId } = useDesk();
  const places = usePlaces();
  const { items, status } = useSuppliers();
  const suppliers = items.filter(({ archived }) => !archived);
  const [lines, setLines] = useState<readonly EditedLine[]>([]);
  const [, goTo] = useLocation();
  const create = useAction("purchaseOrders.create", "The order was not drafted");

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const number = String(form.get("reference")).trim();
    const drafted = await create.run(
      {
        supplierId: String(form.get("supplier")),
        storeId: String(form.get("store")),
        lines: wantedLines(lines),
        ...(number !== "" && { reference: { type: "order", id: number } }),
      },
      "Drafted: nothing is ordered until it is submitted",
    );
    if (drafted) goTo(`/orders/${drafted.purchaseOrder.id}`);
  }

  return (
    <Page title="New order">
      <MayNot may={create.may} />
      <form onSubmit={submit} className="max-w-3xl space-y-4">
        <div className="grid gap-4 sm:grid-cols-3">
          <Field name="Supplier">
            <select name="supplier" required className="field w-full py-0">
              {suppliers.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field name="Deliver to">
            <select
              name="store"
              required
              key={places.length}
              defaultValue={storeId ?? places.find(({ kind }) => kind === "warehouse")?.id}
              className="field w-full py-0"
            >
              {places.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          </Field>
          <Field name="Your number">
            <input name="reference" maxLength={100} placeholder="optional" className="field w-full" />
          </Field>
        </div>
        {status === "ready" && suppliers.length === 0 && (
          <p className="text-sm text-soft">
            There are no suppliers yet:{" "}
            <Link href="/orders/suppliers" className="underline">
              add one
            </Link>{" "}
            to order from.
          </p>
        )}
        <LinesEditor lines={lines} onLines={setLines} />
        <div className="flex justify-end gap-2">
          <Link href="/orders" className={buttonLook("quiet")}>
            Back
          </Link>
          <Button type="submit" look="main" disabled={lines.length === 0 || create.busy || !create.may}>
            Draft order
          </Button>
        </div>
      </form>
    </Page>
  );
}
