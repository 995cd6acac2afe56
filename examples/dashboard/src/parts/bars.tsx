import { scaleLinear } from "d3-scale";

interface BarsProps {
  readonly name: string;
  readonly bars: readonly { readonly name: string; readonly value: number; readonly text: string }[];
}

/** The greatest of some figures, side by side. The table below says the same and more. */
export function Bars({ name, bars }: BarsProps) {
  const share = scaleLinear([0, Math.max(1, ...bars.map(({ value }) => value))], [0, 1]);
  return (
    <figure className="panel p-4">
      <figcaption className="pb-3 font-semibold text-sm">{name}</figcaption>
      <ol className="grid grid-cols-[9rem_minmax(0,1fr)_auto] gap-x-3 gap-y-2 sm:grid-cols-[14rem_minmax(0,1fr)_auto]">
        {bars.map((bar) => (
          <li key={bar.name} className="col-span-3 grid grid-cols-subgrid items-center text-sm">
            <span className="truncate">{bar.name}</span>
            <span aria-hidden className="h-3 overflow-hidden rounded-sm bg-well">
              <span className="block h-full origin-left rounded-sm bg-accent" style={{ transform: `scaleX(${share(bar.value)})` }} />
            </span>
            <span className="text-right font-semibold">{bar.text}</span>
          </li>
        ))}
      </ol>
    </figure>
  );
}
