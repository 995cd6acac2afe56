import type { Entity } from "../api/feed-types";

/** What somebody may be, from the one who may do everything to the one who may only look. */
export const roles = ["admin", "manager", "operator", "viewer"] as const;
/** One of {@link roles}. */
export type Role = (typeof roles)[number];

const admins = ["admin"] as const;
const leads = ["admin", "manager"] as const;
const staff = ["admin", "manager", "operator"] as const;

/**
 * Who may do what. An operator moves goods that are there; whoever sets the books right without goods moving, or says what is
 * sold and at what terms, is a manager; places are an admin's.
 *
 * `stock.apply` asks for each of its lines as well. `alerts.check` and `reservations.expire` only write down what is so already.
 */
export const actionRoles = {
  read: roles,
  subscribe: roles,

  "products.create": leads,
  "products.update": leads,
  "products.archive": leads,
  "stores.create": admins,
  "stores.update": admins,
  "stores.archive": admins,

  "stock.receive": staff,
  "stock.sell": staff,
  "stock.return": staff,
  "stock.transfer": staff,
  "stock.apply": staff,
  // Each of these can make any number of any other.
  "stock.adjust": leads,
  "stock.count": leads,
  "stock.reverse": leads,

  "reservations.hold": staff,
  "reservations.commit": staff,
  "reservations.release": staff,
  "reservations.extend": staff,
  "reservations.update": staff,
  "reservations.expire": staff,

  "thresholds.set": leads,
  "thresholds.remove": leads,
  "alerts.acknowledge": staff,
  "alerts.dismiss": leads,
  "alerts.assign": leads,
  "alerts.check": staff,

  "transfers.ship": staff,
  "transfers.receive": staff,
  "transfers.cancel": leads,
  "counts.start": leads,
  "counts.record": staff,
  "counts.recount": leads,
  "counts.approve": leads,
  "counts.cancel": leads,

  "suppliers.create": leads,
  "suppliers.update": leads,
  "suppliers.archive": leads,
  "suppliers.setTerms": leads,
  "suppliers.removeTerms": leads,
  "purchaseOrders.create": leads,
  "purchaseOrders.update": leads,
  "purchaseOrders.submit": leads,
  "purchaseOrders.receive": staff,
  "purchaseOrders.cancel": leads,
  "purchaseOrders.draftFrom": leads,

  "costing.set": leads,
  "costing.correct": leads,
  "lots.update": leads,
} as const satisfies Readonly<Record<string, readonly Role[]>>;

/** Whether rows of an entity are about a store, and so for those who may see that store, or for everybody. */
export const entityPlaces = {
  product: "everywhere",
  store: "at a store",
  level: "at a store",
  movement: "at a store",
  reservation: "at a store",
  alert: "at a store",
  transfer: "at a store",
  count: "at a store",
  countLine: "at a store",
  supplier: "everywhere",
  purchaseOrder: "at a store",
} as const satisfies Record<Entity, "everywhere" | "at a store">;

/** Where an input names the stores that its sender must be in charge of; `storeId`, `from` and `to` unless said. */
export const storeFields: Readonly<Record<string, readonly string[]>> = {
  // Goods go out of one's own store to any other; who is there receives them.
  "transfers.ship": ["from"],
  "stores.create": ["id"],
  "stores.update": ["id"],
  "stores.archive": ["id"],
};
