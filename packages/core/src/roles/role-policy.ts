import type { Actor, Authorize } from "../ports/authorize";
import { actionRoles, entityPlaces, type Role, roles, storeFields } from "./role-table";

/** Somebody with roles, at some stores or at all. What an authentication answers, so that {@link rolePolicy} can judge it. */
export interface Principal extends Actor {
  readonly id: string;
  readonly roles: readonly Role[];
  /** The stores they may see and change; `"*"` for every store. */
  readonly stores: readonly string[] | "*";
  /** Epoch milliseconds from which on they have to prove anew who they are. */
  readonly expiresAt?: number;
}

/** What {@link rolePolicy} takes. */
export interface RolePolicyOptions {
  /**
   * Who may do what, in place of what the table says of these actions, or for actions of the host's own. An empty list forbids one
   * to everybody.
   */
  readonly actions?: Readonly<Record<string, readonly Role[]>>;
}

type Resource = Readonly<Record<string, unknown>>;

/**
 * The ready answer to *may they?*: `admin`, `manager`, `operator` and `viewer`, each at the stores their {@link Principal} names.
 *
 * Whoever has no role, no stores, or asks for an action that nobody has placed, may not. One policy serves
 * `createInventory({ authorize })` and the `authorize` of every transport. A command that names only an id is judged by role here;
 * that it stays at the actor's stores is seen to when it is decided, by {@link Inventory.as} and by every transport.
 *
 * @throws {@link TypeError} when `actions` names a role that there is none of.
 * @example
 * const authorize = rolePolicy({ actions: { "stock.adjust": ["admin", "manager", "operator"] } });
 * const inventory = await createInventory({ storage, authorize });
 * const mia = inventory.as({ id: "mia", roles: ["operator"], stores: ["berlin"] });
 * await mia.stock.sell({ sku: "TEA-50", storeId: "berlin", quantity: 1 });
 * @see docs/guides/roles.md
 */
export function rolePolicy({ actions = {} }: RolePolicyOptions = {}): Authorize {
  const allowed = new Map<string, readonly Role[]>(Object.entries({ ...actionRoles, ...actions }));
  for (const [action, some] of allowed) {
    const unknown = some.find((role) => !roles.includes(role));
    if (unknown !== undefined) throw new TypeError(`${action}: there is no role ${unknown}`);
  }
  const mayDo = (actor: Actor, action: string): boolean => {
    const some: readonly unknown[] = Array.isArray(actor.roles) ? actor.roles : [];
    return allowed.get(action)?.some((role) => some.includes(role)) === true;
  };
  return (actor, action, resource) => {
    if (!actor || !mayDo(actor, action)) return false;
    if (action === "stock.apply" && !typesOf(resource.lines).every((type) => mayDo(actor, `stock.${type}`))) return false;
    return actor.stores === "*" || (Array.isArray(actor.stores) && isWithin(actor.stores, action, resource));
  };
}

const typesOf = (lines: unknown): readonly unknown[] => records(lines).map(({ type }) => type);

function isWithin(stores: readonly unknown[], action: string, resource: Resource): boolean {
  if (action !== "read") return namedIn(resource, storeFields[action]).every((id) => stores.includes(id));
  const { entity, formerStoreIds } = resource;
  if (
    typeof entity === "string" &&
    Object.hasOwn(entityPlaces, entity) &&
    entityPlaces[entity as keyof typeof entityPlaces] === "everywhere"
  )
    return true;
  const former: readonly unknown[] = Array.isArray(formerStoreIds) ? formerStoreIds : [];
  return [...usualFields.map((field) => resource[field]), ...former].some((id) => stores.includes(id));
}

const usualFields: readonly string[] = ["storeId", "from", "to"];

/** Every store that an input or a filter names: of its own, in its lines, and in its list of levels. */
function namedIn(resource: Resource, fields = usualFields): readonly unknown[] {
  const places = [resource, ...records(resource.lines), ...records(resource.levels)];
  const named = places.flatMap((place) => fields.map((field) => place[field])).filter((id) => id !== undefined);
  return Array.isArray(resource.storeIds) ? [...named, ...resource.storeIds] : named;
}

const records = (value: unknown): readonly Resource[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === "object" && item !== null) : [];
