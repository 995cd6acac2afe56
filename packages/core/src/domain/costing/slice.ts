import type { Slice } from "../shared/slice";
import { costedLevels, costMovements } from "./follow";
import { costEntries, costLayers, productCosts } from "./tables";

export const costing: Slice = {
  name: "costing",
  tables: [productCosts, costLayers, costEntries],
  entities: [],
  events: () => [],
  reactions: [costedLevels, costMovements],
};
