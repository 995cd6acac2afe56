import { deepStrictEqual, ok } from "node:assert/strict";
import type { LevelView } from "@onhand/client";
import { levelKey, type Movement, type Product, type Reservation } from "@onhand/core";
import type { SeededRandom } from "@onhand/core/testing";
import { type Expected, foldOf, movementText } from "./fold";
import { settled } from "./manual-time";
import { type Ledger, secretSku, type Watcher, type World } from "./schedule-world";
import { type Look, looks, type Screen } from "./screen";

const beats = 240;
const beatMs = 1_000;
const beatsWithoutAnswer = 40;

/**
 * Gives everybody a sound network, every permission and enough time.
 *
 * @throws AssertionError when a client does not end up with what the ledger's entries add up to, or has a command without an answer.
 */
export async function expectTheFold(world: World, random: SeededRandom): Promise<void> {
  world.permission = "everything";
  for (const { way, screen, client } of world.watchers) {
    way.calm();
    screen.look([random.below(4), random.below(looks.length), random.below(looks.length)]);
    client.authenticate();
    if (random.below(2) === 0) way.cutAfter(0);
  }
  let expected = await foldOf(world.ledger);
  for (let beat = 0; beat < beats && !world.watchers.every((watcher) => isDone(watcher, expected)); beat += 1) {
    for (const watcher of world.watchers) revive(watcher);
    // An answer that was lost comes again over the next link only.
    if (beat === beatsWithoutAnswer) for (const watcher of world.watchers) if (standing(watcher).unanswered > 0) watcher.way.cutAfter(0);
    world.time.advance(beatMs);
    await settled();
    if (world.watchers.every(isQuiet)) expected = await foldOf(world.ledger);
  }
  for (const watcher of world.watchers) {
    deepStrictEqual(shownBy(watcher, expected), expectedBy(watcher, expected));
    deepStrictEqual(standing(watcher), { status: "live", unanswered: 0 });
  }
  if (world.lives === 1) await expectEachOnce(world);
  deepStrictEqual(world.troubles, []);
}

/** What was accepted is in the ledger once, what was refused is not. */
async function expectEachOnce({ ledger, watchers }: World): Promise<void> {
  const { items } = await ledger.inventory.feed.since(0, { limit: 10_000 });
  const ordered = items.filter(({ entity, value }) => entity === "movement" && value.actor !== undefined).length;
  const sum = (of: "accepted" | "unknown") => watchers.reduce((total, { orders }) => total + orders[of], 0);
  ok(ordered >= sum("accepted") && ordered <= sum("accepted") + sum("unknown"), `${sum("accepted")} orders made ${ordered} movements`);
}

/** What a person does who is asked to. */
function revive({ client }: Watcher): void {
  const { status } = client.connection.get();
  if (status === "needs-auth") client.authenticate();
  if (status === "failed") client.start();
}

const standing = ({ client, orders }: Watcher) => ({
  status: client.connection.get().status,
  unanswered: orders.given - orders.accepted - orders.refused - orders.unknown,
});

function isQuiet(watcher: Watcher): boolean {
  const { status, unanswered } = standing(watcher);
  return status === "live" && unanswered === 0;
}

const isDone = (watcher: Watcher, expected: Expected): boolean =>
  isQuiet(watcher) && JSON.stringify(shownBy(watcher, expected)) === JSON.stringify(expectedBy(watcher, expected));

const expectedBy = ({ isGuest, screen }: Watcher, expected: Expected) =>
  screen.open.map((look) => ({ look, rows: expected(look, isGuest) }));

const shownBy = ({ screen, isGuest }: Watcher, expected: Expected) =>
  screen.open.map((look) => ({ look, rows: shown(screen, look, expected(look, isGuest)) }));

/** A list as text; of movements as many as are expected, since a list may keep some more of the past than was asked for. */
function shown(screen: Screen, look: Look, expected: readonly string[]): readonly string[] {
  const texts = screen.list(look).items.map((item) => texted[look.of](item as never));
  return look.of === "movements" ? texts.slice(0, expected.length) : texts.sort();
}

const texted = {
  levels: ({ sku, storeId, onHand, reserved, pending }: LevelView) =>
    `${sku} ${storeId} ${onHand} ${reserved}${pending > 0 ? " pending" : ""}`,
  movements: movementText as (movement: Movement) => string,
  products: ({ sku, name }: Product) => `${sku} ${name}`,
  reservations: ({ id, held }: Reservation) => `${id} ${held}`,
} as const;

/**
 * Watches a client at each moment in which it says that it is up to date.
 *
 * @returns what was wrong: a level that the link should have brought, up to the head it began with, and that
 * is not there or out of date.
 */
export function watchClaims({ client, way, screen, isGuest }: Watcher, ledgerOf: (epoch: string) => Ledger | undefined): readonly string[] {
  const lies: string[] = [];
  let before = client.connection.get().status;

  function judge(): void {
    const ledger = ledgerOf(way.welcome?.epoch ?? "");
    if (!ledger || !way.welcome) return;
    for (const look of screen.open.filter(({ of }) => of === "levels")) {
      const { status, items } = screen.list(look);
      if (status === "ready")
        lies.push(...liesOf(ledger, way.welcome.head, { look, isGuest, items: items as unknown as readonly LevelView[] }));
    }
  }

  client.connection.subscribe(() => {
    const { status } = client.connection.get();
    if (status === "live" && before !== "live") judge();
    before = status;
  });
  return lies;
}

function liesOf(
  { images }: Ledger,
  head: number,
  { look, isGuest, items }: { readonly look: Look; readonly isGuest: boolean; readonly items: readonly LevelView[] },
): string[] {
  const shown = new Map(items.map((item) => [levelKey(item), item]));
  return [...images].flatMap(([key, all]) => {
    const first = all[0];
    const newest = all.at(-1)?.seq ?? 0;
    // What was overtaken since is sent no more: the image that overtook it is on its way.
    if (!first || newest > head || (isGuest && first.value.sku === secretSku)) return [];
    if ((look.query.sku ?? first.value.sku) !== first.value.sku || (look.query.storeId ?? first.value.storeId) !== first.value.storeId)
      return [];
    const item = shown.get(key);
    if (item && (item.pending > 0 || item.seq >= newest)) return [];
    return [`at ${head} ${key} shows ${item ? `the image of ${item.seq}, not of ${newest}` : "nothing"}`];
  });
}
