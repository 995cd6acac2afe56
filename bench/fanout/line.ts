import type { Line } from "../result";

/** One line: what it costs us and a rival, in the unit that the case names. A ratio below 1 means that ours costs less. */
export const fanoutLine = (
  named: { case: string; unit: string; clients: number; against: string },
  ours: number,
  rival: number | null,
): Line => ({
  suite: "fanout",
  ...named,
  ours: short(ours),
  rival: rival === null ? null : short(rival),
  ratio: rival === null ? null : short(ours / rival),
});

const short = (value: number): number => (value >= 1_000 ? Math.round(value) : Number(value.toPrecision(3)));
