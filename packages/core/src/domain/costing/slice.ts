import { commandsOf, type Slice } from "../shared/slice";
import * as commands from "./decide";
import { costedLevels, costMovements } from "./follow";
import { costEntries, costLayers, productCosts } from "./tables";

export const costing: Slice = {
  name: "costing",
  commands: commandsOf(commands),
  tables: [productCosts, costLayers, costEntries],
  entities: [],
  events: () => [],
  reactions: [costedLevels, costMovements],
};
