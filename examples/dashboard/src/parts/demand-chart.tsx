import type { DemandForecast } from "@onhand/core";
import { scaleLinear, scalePoint } from "d3-scale";
import { area, line } from "d3-shape";
import { useRef } from "react";
import { useWidth } from "../hooks/use-width";
import { formatQuantity } from "../model/format";

const height = 200;
const margin = { top: 10, right: 8, bottom: 22, left: 34 };
const shownDays = 42;

/** What was sold day by day, and what is expected, with how far off it may be. */
export function DemandChart({ forecast }: { readonly forecast: DemandForecast }) {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box);
  const past = forecast.history.slice(-shownDays);
  const { days } = forecast;
  const x = scalePoint(
    [...past, ...days].map(({ date }) => date),
    [margin.left, Math.max(margin.left, width - margin.right)],
  );
  const most = Math.max(1, ...past.map(({ quantity }) => quantity), ...days.map(({ upper }) => upper));
  const y = scaleLinear([0, most], [height - margin.bottom, margin.top]).nice(4);
  const at = ({ date }: { readonly date: string }) => x(date) ?? 0;
  const sold = line<(typeof past)[number]>(at, ({ quantity }) => y(quantity));
  const expected = line<(typeof days)[number]>(at, ({ quantity }) => y(quantity));
  const band = area<(typeof days)[number]>(
    at,
    ({ lower }) => y(Math.max(0, lower)),
    ({ upper }) => y(upper),
  );
  const last = past.at(-1);
  return (
    <div ref={box}>
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`Sales of ${past.length} days and a forecast of ${days.length}: ${formatQuantity(Math.round(forecast.total))} expected`}
        >
          {y.ticks(4).map((tick) => (
            <g key={tick} transform={`translate(0,${y(tick)})`}>
              <line x1={margin.left} x2={width - margin.right} className="stroke-line" />
              <text x={margin.left - 8} dy="0.32em" textAnchor="end" className="fill-soft text-[0.6875rem]">
                {formatQuantity(tick)}
              </text>
            </g>
          ))}
          <path d={band(days) ?? ""} className="fill-accent/15" />
          <path d={sold(past) ?? ""} className="fill-none stroke-soft" strokeWidth={1.5} />
          <path d={expected(days) ?? ""} className="fill-none stroke-accent" strokeWidth={2} strokeDasharray="5 4" />
          {[past[0], last, days.at(-1)].map(
            (day, index) =>
              day && (
                <text
                  key={day.date}
                  x={at(day)}
                  y={height - 6}
                  textAnchor={index === 0 ? "start" : index === 1 ? "middle" : "end"}
                  className="fill-soft text-[0.6875rem]"
                >
                  {index === 1 ? "yesterday" : day.date.slice(5)}
                </text>
              ),
          )}
        </svg>
      )}
    </div>
  );
}
