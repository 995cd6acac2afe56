import type { Product, Threshold } from "@onhand/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { useDesk } from "../desk";
import { useAction } from "../hooks/use-action";
import { usePages } from "../hooks/use-pages";
import { useMay } from "../hooks/use-permissions";
import { usePlaceNames } from "../hooks/use-place-names";
import { api } from "../model/api";
import { formatQuantity } from "../model/format";
import { Button } from "../parts/button";
import { Field } from "../parts/field";
import { More, Nothing, Page } from "../parts/page";
import { PlaceSelect } from "../parts/place-select";
import { ProductName } from "../parts/product-name";
import { ProductPicker } from "../parts/product-picker";
import { QuantityField } from "../parts/quantity-field";
import { Sheet } from "../parts/sheet";

/** From when on stock is low, and when it is too much. */
export function ThresholdsPage() {
  const { storeId } = useDesk();
  const [edited, setEdited] = useState<Threshold | "new">();
  const maySet = useMay("thresholds.set");
  const { items, more, busy, ...loading } = usePages(["thresholds", storeId], (page) =>
    api.thresholds.list({ ...page, ...(storeId !== undefined && { storeId }) }),
  );
  const close = () => setEdited(undefined);
  return (
    <Page
      title="Limits"
      actions={
        maySet && (
          <Button look="main" onClick={() => setEdited("new")}>
            Set a limit
          </Button>
        )
      }
    >
      {items.length === 0 ? (
        <Nothing {...loading}>No limits are set, so there are no alerts.</Nothing>
      ) : (
        <ul className="panel divide-y divide-line">
          {items.map((threshold) => (
            <Row key={`${threshold.sku}/${threshold.storeId}`} threshold={threshold} {...(maySet && { onChange: setEdited })} />
          ))}
        </ul>
      )}
      <More onMore={more} busy={busy} />
      <Sheet open={edited !== undefined} onClose={close} title="Limit" place="side">
        {edited !== undefined && <ThresholdForm threshold={edited === "new" ? undefined : edited} onDone={close} />}
      </Sheet>
    </Page>
  );
}

function Row({ threshold, onChange }: { readonly threshold: Threshold; readonly onChange?: (threshold: Threshold) => void }) {
  const { sku, storeId, reorderPoint, reorderQuantity, maximum } = threshold;
  const placeName = usePlaceNames();
  const place = storeId === undefined ? "every store" : placeName(storeId);
  const limits = [
    `low at ${formatQuantity(reorderPoint)}`,
    reorderQuantity !== undefined && `order ${formatQuantity(reorderQuantity)}`,
    maximum !== undefined && `at most ${formatQuantity(maximum)}`,
  ];
  return (
    <li
      data-testid="threshold"
      className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-2.5 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]"
    >
      {sku === undefined ? <span className="font-medium">Every product</span> : <ProductName sku={sku} />}
      <p className="text-sm text-soft max-sm:col-span-2 max-sm:row-start-2">
        {place} · {limits.filter(Boolean).join(", ")}
      </p>
      {onChange && (
        <Button onClick={() => onChange(threshold)} aria-label={`Change the limit of ${sku ?? "every product"} at ${place}`}>
          Change
        </Button>
      )}
    </li>
  );
}

function ThresholdForm({ threshold, onDone }: { readonly threshold: Threshold | undefined; readonly onDone: () => void }) {
  const desk = useDesk();
  const [product, setProduct] = useState<Pick<Product, "sku" | "name"> | undefined>(
    threshold?.sku === undefined ? undefined : { sku: threshold.sku, name: threshold.sku },
  );
  const [storeId, setStoreId] = useState(threshold?.storeId ?? desk.storeId ?? "");
  const set = useAction("thresholds.set", "The limit was not set");
  const remove = useAction("thresholds.remove", "The limit was not taken away");
  const questions = useQueryClient();
  const scope = { ...(product && { sku: product.sku }), ...(storeId !== "" && { storeId }) };

  async function finish(done: unknown): Promise<void> {
    if (!done) return;
    onDone();
    await questions.invalidateQueries({ queryKey: ["thresholds"] });
  }

  function submit(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const given = (name: string) => (form.get(name) === "" ? {} : { [name]: Number(form.get(name)) });
    const limits = { ...given("reorderQuantity"), ...given("maximum") };
    void set.run({ ...scope, reorderPoint: Number(form.get("reorderPoint")), ...limits }, "Set: alerts follow at once").then(finish);
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {threshold === undefined && <ProductPicker label="Product: scan, SKU or name" onPick={setProduct} />}
      <p className="text-sm">
        For <span className="font-semibold">{product?.name ?? "every product"}</span>
      </p>
      {threshold === undefined && (
        <Field name="Store">
          <PlaceSelect name="store" value={storeId} onChoose={setStoreId} />
        </Field>
      )}
      <Field name="Low at or below">
        <QuantityField name="reorderPoint" required defaultValue={threshold?.reorderPoint} className="w-full" />
      </Field>
      <Field name="Order then">
        <QuantityField name="reorderQuantity" defaultValue={threshold?.reorderQuantity} className="w-full" />
      </Field>
      <Field name="Too much above">
        <QuantityField name="maximum" defaultValue={threshold?.maximum} className="w-full" />
      </Field>
      <div className="flex justify-end gap-2">
        {threshold && remove.may && (
          <Button look="risky" onClick={() => void remove.run(scope, "Taken away").then(finish)}>
            Take away
          </Button>
        )}
        <Button type="submit" look="main" disabled={set.busy}>
          Set
        </Button>
      </div>
    </form>
  );
}
