import { Boxes, Package, PackageX, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { useCatalogue, useDesk, useStockIsReady, useTotals } from "../desk";
import { formatQuantity } from "../model/format";
import type { Status } from "../model/status";
import { summarise } from "../model/summary";

interface CardsProps {
  readonly status: Status | undefined;
  readonly onStatus: (status: Status | undefined) => void;
}

/** The four figures of the shop. Low and out of stock are buttons: they narrow the table to what they count. */
export function Cards({ status, onStatus }: CardsProps) {
  const { lowMark } = useDesk();
  const { products, isReady } = useCatalogue();
  const stockIsReady = useStockIsReady();
  const { products: count, units, byStatus } = summarise(products, useTotals(), lowMark);
  const show = (value: number) => (isReady && stockIsReady ? formatQuantity(value) : "–");
  const toggle = (wanted: Status) => onStatus(status === wanted ? undefined : wanted);
  return (
    <section aria-label="Summary" className="grid grid-cols-2 gap-2 sm:gap-3 xl:grid-cols-4">
      <Card name="Products" value={show(count)} icon={<Package size={18} aria-hidden />} />
      <Card name="Units on hand" value={show(units)} icon={<Boxes size={18} aria-hidden />} />
      <Card
        name="Low stock"
        value={show(byStatus.low)}
        icon={<TriangleAlert size={18} aria-hidden />}
        tone={byStatus.low > 0 ? "text-warn" : "text-soft"}
        pressed={status === "low"}
        onPress={() => toggle("low")}
      />
      <Card
        name="Out of stock"
        value={show(byStatus.out)}
        icon={<PackageX size={18} aria-hidden />}
        tone={byStatus.out > 0 ? "text-bad" : "text-soft"}
        pressed={status === "out"}
        onPress={() => toggle("out")}
      />
    </section>
  );
}

interface CardProps {
  readonly name: string;
  readonly value: string;
  readonly icon: ReactNode;
  readonly tone?: string;
  readonly pressed?: boolean;
  readonly onPress?: () => void;
}

function Card({ name, value, icon, tone = "text-soft", pressed, onPress }: CardProps) {
  const content = (
    <>
      <span className={`flex items-center gap-2 text-sm ${tone}`}>
        {icon}
        <span className="text-soft">{name}</span>
      </span>
      <span className="mt-1 block font-semibold text-[1.625rem] leading-8 tracking-tight" data-testid={`card-${name}`}>
        {value}
      </span>
    </>
  );
  if (!onPress) return <div className="panel px-4 py-3">{content}</div>;
  return (
    <button
      type="button"
      aria-pressed={pressed}
      onClick={onPress}
      className="panel px-4 py-3 text-left transition-colors hover:border-soft/50 aria-pressed:border-accent aria-pressed:ring-1 aria-pressed:ring-accent"
    >
      {content}
    </button>
  );
}
