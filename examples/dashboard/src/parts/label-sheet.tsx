import type { Product } from "@onhand/core";
import { useQuery } from "@tanstack/react-query";
import { Printer } from "lucide-react";
import { createPortal } from "react-dom";
import { formatMoney } from "../model/format";
import { drawLabel, type LabelCodes } from "../model/label";
import { Button } from "./button";
import { Nothing } from "./page";
import { Sheet } from "./sheet";

/** A label for the shelf, to be printed. */
export function LabelSheet({
  product,
  open,
  onClose,
}: {
  readonly product: Product;
  readonly open: boolean;
  readonly onClose: () => void;
}) {
  const { sku, barcode } = product;
  const { data, status, error } = useQuery({ queryKey: ["label", sku, barcode], queryFn: () => drawLabel(product), enabled: open });
  return (
    <Sheet open={open} onClose={onClose} title="Label" place="middle">
      {data ? (
        <div className="space-y-4">
          <Label product={product} codes={data} />
          <div className="flex justify-end">
            <Button look="main" onClick={() => window.print()}>
              <Printer size={16} aria-hidden /> Print
            </Button>
          </div>
          {createPortal(
            <div className="print-only" aria-hidden>
              <Label product={product} codes={data} />
            </div>,
            document.body,
          )}
        </div>
      ) : (
        <Nothing status={status === "error" ? "refused" : "loading"} error={error}>
          {null}
        </Nothing>
      )}
    </Sheet>
  );
}

/** Black on white, whatever the page looks like: it is for paper. */
function Label({ product: { name, sku, price }, codes }: { readonly product: Product; readonly codes: LabelCodes }) {
  return (
    <div data-testid="label" className="flex items-center gap-4 rounded-lg border border-line bg-white p-4 text-black">
      <div className="min-w-0 flex-1 space-y-2">
        <p className="font-semibold leading-tight">{name}</p>
        <p className="font-mono text-xs">{sku}</p>
        <img src={codes.barcode} alt={`Barcode ${codes.text}`} className="h-16 max-w-full object-contain object-left" />
      </div>
      <div className="shrink-0 space-y-2 text-center">
        <img src={codes.qr} alt={`QR code ${codes.text}`} className="size-20" />
        {price && <p className="font-bold text-lg">{formatMoney(price)}</p>}
      </div>
    </div>
  );
}
