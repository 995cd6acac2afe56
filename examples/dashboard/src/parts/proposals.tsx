import type { ReorderSuggestion } from "@onhand/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { useDesk } from "../desk";
import { useAction } from "../hooks/use-action";
import { usePages } from "../hooks/use-pages";
import { usePlaceNames } from "../hooks/use-place-names";
import { useSupplierNames } from "../hooks/use-supplier-names";
import { api } from "../model/api";
import { formatCount, formatQuantity } from "../model/format";
import { Button } from "./button";
import { More, Nothing } from "./page";
import { ProductName } from "./product-name";
import { QuantityField } from "./quantity-field";

const levelsAtOnce = 500;
const keyOf = ({ sku, storeId }: ReorderSuggestion): string => `${storeId}/${sku}`;

/** What should be ordered by forecast and limits, to be looked through, changed and drafted. */
export function Proposals() {
  const { storeId } = useDesk();
  const name = ["proposals", storeId];
  const { items, more, busy, ...loading } = usePages(name, (page) =>
    api.forecasts.reorder({ limit: levelsAtOnce, ...page, ...(storeId !== undefined && { storeId }) }),
  );
  // What differs from the proposal: 0 leaves it out.
  const [said, setSaid] = useState<Readonly<Record<string, string>>>({});
  const wanted = items
    .map((item) => toDraft(item, Number(said[keyOf(item)] ?? item.quantity)))
    .filter(({ quantity, supplierId }) => quantity > 0 && supplierId !== undefined);
  const draft = useAction("purchaseOrders.draftFrom", "Nothing was drafted");
  const questions = useQueryClient();
  const [, goTo] = useLocation();

  async function draftAll(): Promise<void> {
    const drafted = await draft.run({ proposals: wanted }, ({ leftOut }) => {
      const lines = wanted.length - leftOut.length;
      return lines === 0 ? "All of it is drafted already" : `Drafted ${formatCount(lines, "line")}`;
    });
    if (!drafted) return;
    await questions.invalidateQueries({ queryKey: ["proposals"] });
    goTo("/orders");
  }

  if (items.length === 0 && !more) return <Nothing {...loading}>Nothing needs to be ordered now.</Nothing>;
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-3">
        <p className="text-sm text-soft">
          {formatCount(items.length, "proposal")}, from what is sold, what is on its way and your limits. Set one to 0 to leave it out.
        </p>
        {draft.may && (
          <Button look="main" disabled={wanted.length === 0 || draft.busy} onClick={draftAll}>
            Draft {formatCount(wanted.length, "line")}
          </Button>
        )}
      </div>
      <ul className="panel divide-y divide-line">
        {items.map((item) => (
          <Proposal
            key={keyOf(item)}
            item={item}
            quantity={said[keyOf(item)] ?? String(item.quantity)}
            onQuantity={(quantity) => setSaid({ ...said, [keyOf(item)]: quantity })}
          />
        ))}
      </ul>
      <More onMore={more} busy={busy} />
    </>
  );
}

/** What a draft is made of; what else a proposal says need not travel. */
const toDraft = (item: ReorderSuggestion, quantity: number) => {
  const { sku, storeId, supplierId, unitCost, available, incoming, minimum, multiple } = item;
  return {
    sku,
    storeId,
    quantity,
    available,
    incoming,
    minimum,
    multiple,
    ...(supplierId !== undefined && { supplierId }),
    ...(unitCost && { unitCost }),
  };
};

interface ProposalProps {
  readonly item: ReorderSuggestion;
  readonly quantity: string;
  readonly onQuantity: (quantity: string) => void;
}

function Proposal({ item, quantity, onQuantity }: ProposalProps) {
  const supplierName = useSupplierNames();
  const placeName = usePlaceNames();
  const { sku, storeId, supplierId, available, incoming, leadTimeDays, multiple } = item;
  return (
    <li
      data-testid="proposal"
      className="grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 sm:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]"
    >
      <div className="min-w-0">
        <ProductName sku={sku} />
      </div>
      <p className="col-span-2 row-start-2 text-sm text-soft sm:col-span-1 sm:row-start-auto">
        {placeName(storeId)} · {formatQuantity(available)} available{incoming > 0 && `, ${formatQuantity(incoming)} incoming`}
        <span className="block">
          {supplierId === undefined ? "no supplier: can't be drafted" : `${supplierName(supplierId)}, ${formatCount(leadTimeDays, "day")}`}
          {multiple > 1 && `, by ${formatQuantity(multiple)}`}
        </span>
      </p>
      <QuantityField
        aria-label={`Order of ${sku} for ${placeName(storeId)}`}
        step={multiple}
        value={quantity}
        onChange={(event) => onQuantity(event.target.value)}
        className="w-20"
      />
    </li>
  );
}
