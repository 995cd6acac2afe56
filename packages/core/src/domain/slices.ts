import { alerts } from "./alerts/slice";
import { catalog } from "./catalog/slice";
import { costing } from "./costing/slice";
import { counts } from "./counts/slice";
import { lots } from "./lots/slice";
import { purchasing } from "./purchasing/slice";
import { reservations } from "./reservations/slice";
import type { Slice } from "./shared/slice";
import { stock } from "./stock/slice";
import { suppliers } from "./suppliers/slice";
import { transfers } from "./transfers/slice";

/** Every capability, in the order their tables are made. */
export const slices: readonly Slice[] = [catalog, stock, reservations, alerts, transfers, counts, suppliers, purchasing, costing, lots];
