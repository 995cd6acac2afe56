import type { CostingMethod, Movement } from "@onhand/core";

/** A piece on the shelf: what it cost, in minor units; undefined where nobody knows. */
interface Piece {
  cost: number | undefined;
  /** The movement that brought it. */
  readonly from: string;
}

/** What became of one movement. */
interface Past {
  readonly movement: Movement;
  /** What the pieces cost that came or went. */
  readonly costs: readonly (number | undefined)[];
  /** Of pieces that went before they came: what those that came for them cost. */
  readonly settled: (number | undefined)[];
  /** How many of them have not come yet. */
  open: number;
  undone: boolean;
  corrected: boolean;
}

/**
 * Costing in the fewest words: every piece lies on the shelf by itself, with a price on it. Under an average all known prices are made the same.
 * It knows no layers, no sums and no rounding.
 */
export function createCostModel(method: CostingMethod, productCost: number | undefined) {
  let shelf: Piece[] = [];
  const past = new Map<string, Past>();
  let lastOut: number | undefined;

  const known = () => shelf.filter((piece) => piece.cost !== undefined);
  const worth = (pieces: readonly Piece[]) => pieces.reduce((sum, piece) => sum + (piece.cost ?? 0), 0);
  const mean = () => (known().length === 0 ? undefined : worth(known()) / known().length);

  /** Makes prices the same, so that together they are what they were and `more`. */
  function level(more = 0): void {
    const same = (worth(known()) + more) / known().length;
    for (const piece of known()) piece.cost = same;
  }

  function come(costs: readonly (number | undefined)[], from: string): void {
    for (const cost of costs) {
      const debt = [...past.values()].find(({ open }) => open > 0);
      if (debt) {
        debt.open--;
        debt.settled.push(cost);
      } else shelf.push({ cost, from });
    }
    if (method === "average") level();
  }

  function go(count: number, wanted?: Past): { costs: (number | undefined)[]; open: number } {
    const there = Math.min(count, shelf.length);
    const at = wanted?.costs.every((cost) => cost !== undefined)
      ? (wanted.costs as number[]).reduce((sum, cost) => sum + cost, 0)
      : undefined;
    let gone: Piece[];
    if (method === "fifo") {
      const own = shelf.filter((piece) => wanted && piece.from === wanted.movement.id);
      gone = [...own, ...shelf.filter((piece) => !own.includes(piece))].slice(0, there);
    } else if (at !== undefined && there < known().length && at <= worth(known()) + 1e-9) {
      gone = known().slice(0, there);
      const rest = worth(known()) - at;
      const left = known().length - there;
      for (const piece of known()) piece.cost = rest / left;
      for (const piece of gone) piece.cost = at / there;
    } else gone = [...shelf.filter((piece) => piece.cost === undefined), ...known()].slice(0, there);
    shelf = shelf.filter((piece) => !gone.includes(piece));
    const costs = gone.map((piece) => piece.cost);
    const priced = costs.filter((cost) => cost !== undefined);
    if (priced.length > 0) lastOut = priced.reduce((sum, cost) => sum + cost, 0) / priced.length;
    return { costs, open: count - there };
  }

  function costIn(movement: Movement): number | undefined {
    if (movement.unitCost) return movement.unitCost.amount;
    if (movement.type === "received") return productCost;
    if (movement.type === "returned") return lastOut ?? mean() ?? productCost;
    return mean() ?? lastOut ?? productCost;
  }

  function blended(costs: readonly (number | undefined)[]): (number | undefined)[] {
    const priced = costs.filter((cost) => cost !== undefined);
    const same = priced.reduce((sum, cost) => sum + cost, 0) / priced.length;
    return costs.map((cost) => (cost === undefined ? undefined : same)).sort((a) => (a === undefined ? 1 : -1));
  }

  return {
    /** Takes in a movement of the ledger. */
    moved(movement: Movement): void {
      const undone = movement.reverses === undefined ? undefined : past.get(movement.reverses);
      if (undone) undone.undone = true;
      const note = (costs: readonly (number | undefined)[], open: number) => {
        past.set(movement.id, { movement, costs, settled: [], open, undone: undone !== undefined, corrected: false });
      };
      const type = undone?.movement.type ?? movement.type;
      if (movement.delta === 0 || type.startsWith("transferred")) {
        note([], 0);
        return;
      }
      if (movement.delta < 0) {
        const { costs, open } = go(-movement.delta, undone);
        note(costs, open);
        return;
      }
      if (undone) {
        undone.open = 0;
        // Goods come back as what was there when they went, then what came for them since; what is known before what is not.
        const back = [...blended(undone.costs), ...blended(undone.settled)].sort(
          (a, b) => Number(a === undefined) - Number(b === undefined),
        );
        come(back, movement.id);
        note(back, 0);
        return;
      }
      const costs = Array.from({ length: movement.delta }, () => costIn(movement));
      come(costs, movement.id);
      note(costs, 0);
    },

    /** Takes in a correction that was accepted. */
    corrected(id: string, amount: number): void {
      const entry = past.get(id) as Past;
      const nameless = entry.costs[0] === undefined && !entry.corrected;
      entry.corrected = true;
      const each = amount / entry.costs.length;
      const here = shelf.filter((piece) => piece.from === id);
      if (method === "fifo") for (const piece of here) piece.cost = (piece.cost ?? 0) + each;
      else {
        const pieces = shelf.filter((piece) => (piece.cost === undefined) === nameless).slice(0, entry.costs.length);
        if (nameless) for (const piece of pieces) piece.cost = 0;
        if (known().length > 0) level(each * pieces.length);
      }
    },

    standing: () => ({
      quantity: shelf.length,
      unknown: shelf.length - known().length,
      owed: [...past.values()].reduce((sum, { open }) => sum + open, 0),
      value: worth(known()),
    }),

    /** What each sale cost that was not undone. */
    costs(): readonly (readonly [id: string, cost: { readonly value: number; readonly unknown: number; readonly unsettled: number }])[] {
      return [...past].flatMap(([id, { movement, costs, settled, open, undone }]) => {
        if (movement.type !== "sold" || undone) return [];
        const all = [...costs, ...settled];
        const value = all.reduce<number>((sum, cost) => sum - (cost ?? 0), 0);
        return [[id, { value, unknown: all.filter((cost) => cost === undefined).length, unsettled: open }] as const];
      });
    },
  };
}
