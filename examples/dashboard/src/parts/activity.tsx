import type { Movement } from "@onhand/core";
import { useMovements, useProduct } from "@onhand/react";
import { useDesk, usePlaces } from "../desk";
import { MovementLine } from "./movement-line";

const shown = 12;

/** The newest movements of the chosen stores, as they happen. A phone has no room for it. */
export function Activity() {
  const { storeId } = useDesk();
  const { items, status } = useMovements({ limit: shown, ...(storeId !== undefined && { storeId }) });
  const places = new Map(usePlaces().map(({ id, name }) => [id, name]));
  const now = Date.now();
  return (
    <section aria-label="Latest movements" className="panel hidden px-4 pt-3 pb-2 lg:block">
      <h2 className="pb-1 font-semibold">Latest movements</h2>
      {items.length === 0 && <p className="py-2 text-sm text-soft">{status === "ready" ? "Nothing moved yet." : "Loading…"}</p>}
      <ol className="max-h-[calc(100dvh-22.5rem)] overflow-hidden [mask-image:linear-gradient(black_85%,transparent)]">
        {items.map((movement) => (
          <Entry key={movement.id} movement={movement} place={places.get(movement.storeId) ?? movement.storeId} now={now} />
        ))}
      </ol>
    </section>
  );
}

function Entry({ movement, ...rest }: { readonly movement: Movement; readonly place: string; readonly now: number }) {
  const title = useProduct(movement.sku, (product) => product?.name) ?? movement.sku;
  return <MovementLine movement={movement} title={title} {...rest} />;
}
