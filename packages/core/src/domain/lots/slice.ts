import type { Slice } from "../shared/slice";
import { lotLevels, lotMovements, lots as table } from "./tables";

export const lots: Slice = {
  name: "lots",
  tables: [table, lotLevels, lotMovements],
  entities: [],
  events: () => [],
};
