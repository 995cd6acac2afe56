import { alerts } from "./alerts/slice";
import { catalog } from "./catalog/slice";
import { costing } from "./costing/slice";
import { lots } from "./lots/slice";
import { reservations } from "./reservations/slice";
import type { Slice } from "./shared/slice";
import { stock } from "./stock/slice";

/** Every capability, in the order their tables are made. */
export const slices: readonly Slice[] = [catalog, stock, reservations, alerts, costing, lots];
