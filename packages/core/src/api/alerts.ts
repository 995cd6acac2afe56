import * as z from "zod";
import { maximumChecked } from "../domain/alerts/commands";
import { acknowledge, assign, check, dismiss } from "../domain/alerts/decide";
import { judge, judgeNeeds } from "../domain/alerts/judge";
import {
  type Alert,
  type AlertRow,
  type AlertStatus,
  type AlertType,
  alertKey,
  alertStatuses,
  alerts,
  alertTypes,
  toAlert,
} from "../domain/alerts/tables";
import { parser } from "../domain/shared/parse";
import { actorId, pageFields, sku, storeId } from "../domain/shared/schemas";
import { type LevelRow, levels } from "../domain/stock/tables";
import type { Receipt } from "../engine/job";
import { InventoryError } from "../errors";
import type { Clock } from "../ports/clock";
import type { ReadOptions, Reads, Where } from "../ports/storage";
import { withoutExpiredHolds } from "./held";
import { type List, type PageRequest, readPage } from "./paging";
import { type CommandOptions, defined, findProduct } from "./products";
import { readView } from "./read-view";
import { readsAt } from "./reads";
import { inputOf, type Run } from "./runner";
import { findStore } from "./stores";

/** What a command about an alert answers. */
export type AlertReceipt = { readonly alert: Alert } & Receipt;

/** Which alerts to list. Everything given must hold. */
export interface AlertFilter extends PageRequest {
  readonly status?: AlertStatus;
  readonly type?: AlertType;
  readonly sku?: string;
  readonly storeId?: string;
  readonly assignee?: string;
  /** Newest first (`desc`) unless said. */
  readonly order?: "asc" | "desc";
}

/** How many alerts are open. */
export interface AlertCounts {
  /** `active` and `acknowledged` together. */
  readonly open: number;
  /** `active`: nobody has looked at them yet. */
  readonly unread: number;
  /** Open ones by type. */
  readonly byType: Readonly<Record<AlertType, number>>;
}

/** What a check of some levels set right. Without `nextCursor` all levels have been looked at. */
export interface AlertCheck {
  readonly checked: number;
  /** Alerts that should have been raised, or resolved, before. */
  readonly alerts: readonly Alert[];
  readonly nextCursor?: string;
}

/**
 * What somebody should look at: `low_stock`, `out_of_stock` and `overstock` of levels that have a threshold.
 *
 * Alerts are raised and resolved in the command that moves the stock, or holds it, and so with it or not at all. At most one
 * alert of a type is open for a level. One that was dismissed stays quiet until stock has recovered once.
 *
 * @see docs/guides/alerts.md
 */
export interface AlertsApi {
  /** Alerts, newest first, a page at a time. */
  list(filter?: AlertFilter, options?: ReadOptions): Promise<List<Alert>>;
  /** @throws {@link InventoryError} `UNKNOWN_ALERT`. */
  get(id: string, options?: ReadOptions): Promise<Alert>;
  /**
   * Says that somebody has seen it. It stays open.
   *
   * @throws {@link InventoryError} `UNKNOWN_ALERT`; `INVALID_STATE` naming the `state` when it is not `active`.
   * @example
   * await inventory.alerts.acknowledge(alert.id, { actor: "mia" });
   */
  acknowledge(id: string, options?: CommandOptions): Promise<AlertReceipt>;
  /** Closes it and keeps its level quiet until stock has recovered once. @throws {@link InventoryError} `UNKNOWN_ALERT`; `INVALID_STATE` when it is closed. */
  dismiss(id: string, options?: CommandOptions): Promise<AlertReceipt>;
  /** Says who looks after it; `null` takes it back. @throws {@link InventoryError} `UNKNOWN_ALERT`; `INVALID_STATE` when it is closed. */
  assign(id: string, input: { readonly assignee: string | null } & CommandOptions): Promise<AlertReceipt>;
  /** How many are open, everywhere or at one store. */
  counts(filter?: { readonly storeId?: string }, options?: ReadOptions): Promise<AlertCounts>;
  /**
   * Looks at a page of at most 100 levels for alerts that are missing or over: after a threshold for every product was set, or after
   * rows came in past the commands. Nothing is written where all is as it should be. {@link createMonitor} does this regularly.
   */
  check(options?: { readonly cursor?: string; readonly actor?: string }): Promise<AlertCheck>;
}

const parseFilter = parser(
  z.strictObject({
    status: z.enum(alertStatuses).optional(),
    type: z.enum(alertTypes).optional(),
    sku: sku.optional(),
    storeId: storeId.optional(),
    assignee: actorId.optional(),
    order: z.enum(["asc", "desc"]).default("desc"),
    ...pageFields,
  }),
);
const parseId = parser(z.strictObject({ id: z.string().max(64) }));
const parseCounts = parser(z.strictObject({ storeId: storeId.optional() }));
/** What every question here takes, by its name. */
export const alertQueries = { get: parseId, list: parseFilter, counts: parseCounts };

export function createAlerts(run: Run, storage: Reads, clock: Clock): AlertsApi {
  return {
    acknowledge: async (id, options) => run(acknowledge, inputOf(options, { id })),
    dismiss: async (id, options) => run(dismiss, inputOf(options, { id })),
    assign: async (id, input) => run(assign, inputOf(input, { id })),

    async list(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { limit, cursor, order, sku: product, storeId: store, ...equal } = parseFilter(filter);
      const where: Where = {
        ...defined(equal),
        ...(product !== undefined && { sku: (await findProduct(reads, product)).sku }),
        ...(store !== undefined && { storeId: (await findStore(reads, store)).id }),
      };
      const descending = order === "desc";
      const orderBy = alerts.key.map((column) => ({ column, descending }));
      const { items, nextCursor } = await readPage(reads, alerts, { where, orderBy, limit, cursor }, (row) => toAlert(row as AlertRow));
      return { items, ...(nextCursor !== undefined && { nextCursor }) };
    },

    async get(given, options) {
      const { id } = parseId({ id: given });
      const key = alertKey(id);
      if (key) {
        const where = { createdSeq: key[0], line: key[1] };
        const { rows } = await readsAt(storage, options).find(alerts.name, { where, limit: 1 });
        if (rows[0]) return toAlert(rows[0] as AlertRow);
      }
      throw new InventoryError("UNKNOWN_ALERT", { id });
    },

    async counts(filter = {}, options) {
      const reads = readsAt(storage, options);
      const { storeId: store } = parseCounts(filter);
      const where = {
        status: { in: ["active", "acknowledged"] },
        ...(store !== undefined && { storeId: (await findStore(reads, store)).id }),
      };
      const groups = await reads.aggregate(alerts.name, { where, by: ["type", "status"], measures: { count: { count: true } } });
      const count = (test: (group: (typeof groups)[number]) => boolean) =>
        groups.filter(test).reduce((sum, group) => sum + (group.count as number), 0);
      const byType = Object.fromEntries(alertTypes.map((type) => [type, count((group) => group.type === type)]));
      return {
        open: count(() => true),
        unread: count((group) => group.status === "active"),
        byType: byType as Record<AlertType, number>,
      };
    },

    async check({ cursor, ...options } = {}) {
      const page = await readPage(storage, levels, { limit: maximumChecked, cursor }, (row) => row as LevelRow);
      const now = clock.now();
      const rows = await withoutExpiredHolds(storage, { rows: page.items, head: page.head }, now);
      const view = await readView(storage, (loaded) => rows.flatMap((row) => judgeNeeds(row, loaded, now)));
      // A guess from outside, so that the many levels that are fine cost no command; the command judges by itself.
      const doubtful = rows.filter((row) => judge(view, row, { now, seq: page.head }, 0).length > 0);
      const found = doubtful.map(({ sku: product, storeId: store }) => ({ sku: product, storeId: store }));
      const receipt = found.length > 0 ? await run(check, inputOf(options, { levels: found })) : undefined;
      return {
        checked: rows.length,
        alerts: receipt?.alerts ?? [],
        ...(page.nextCursor !== undefined && { nextCursor: page.nextCursor }),
      };
    },
  };
}
