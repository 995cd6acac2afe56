/** Whether this is `npm run test:long`. */
const long = process.env.ONHAND_LONG === "1";

const spend = <Budget>(everyday: Budget, longer: Budget): Budget => (long ? longer : everyday);

/**
 * What a search may spend: in `npm test`, which is to take less than five minutes on two cores, and in `npm run test:long`.
 * Everyday budgets still find the faults that tests of the searches themselves plant.
 */
export const budgets = {
  /** Random histories, each compared with a model or judged by what must always hold. */
  histories: {
    alerts: spend(100, 2_000),
    costing: spend(100, 2_000),
    counts: spend(50, 3_000),
    explain: spend(60, 2_000),
    lots: spend(100, 2_000),
    purchaseOrders: spend(100, 2_000),
    reservations: spend(100, 2_000),
    stock: spend(100, 2_000),
    streams: spend(60, 2_000),
    transfers: spend(50, 2_000),
    webhooks: spend(40, 2_000),
  },
  /** Schedules of a hub and its clients. */
  schedules: spend(200, 100_000),
  /** Requests to each operation over HTTP, some of them nonsense. */
  requests: spend(40, 2_000),
  /** How often the everyday 100,000 cases of hostile input are made. */
  hostileInput: spend(1, 12),
  /** Times a process that writes a CSV directory is killed. */
  kills: spend(12, 200),
  /** Of the disks a power loss may leave: how many are drawn at random at each moment, and the one in how many that is looked at. */
  powerLoss: spend({ drawn: 1, every: 3 }, { drawn: 20, every: 1 }),
  /** One in how many messages between storage and server is struck. A silent link costs a deadline each time. */
  strikes: spend({ loud: 4, silent: 20 }, { loud: 1, silent: 1 }),
  /** Sales of a real shop that are replayed. */
  replayedLines: spend(10_000, Number.POSITIVE_INFINITY),
  /** Processes that sell the same units at once. */
  oversell: spend({ processes: 2, attempts: 200, units: 100 }, { processes: 8, attempts: 1_000, units: 500 }),
} as const;

const minutes = (count: number) => count * 60_000;

/** For a search to end in, whatever else the machine does: a hang ends here, a slow run does not. */
export const searchTimeoutMs = spend(minutes(10), minutes(60));
