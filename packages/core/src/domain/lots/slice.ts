import { commandsOf, type Slice } from "../shared/slice";
import * as commands from "./decide";
import { lotLevels, lotMovements, lots as table } from "./tables";

export const lots: Slice = {
  name: "lots",
  commands: commandsOf(commands),
  tables: [table, lotLevels, lotMovements],
  entities: [],
  events: () => [],
};
