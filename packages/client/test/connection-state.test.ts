import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  type ConnectionEvent,
  type ConnectionState,
  type ConnectionStatus,
  connectionStatuses,
  idle,
  isLinked,
  retryDelayMs,
  transition,
} from "../src/connection/state";

type Type = ConnectionEvent["type"];

const events: { readonly [T in Type]: ConnectionEvent } = {
  start: { type: "start" },
  stop: { type: "stop" },
  welcomed: { type: "welcomed" },
  synced: { type: "synced" },
  behind: { type: "behind", reason: "gap" },
  lost: { type: "lost", reason: "broken" },
  postponed: { type: "postponed", reason: "restart", code: "STORAGE_UNAVAILABLE", afterMs: 1_234 },
  unauthenticated: { type: "unauthenticated", reason: "token ended" },
  refused: { type: "refused", reason: "too old", code: "PROTOCOL_MISMATCH" },
  due: { type: "due" },
  woke: { type: "woke" },
  offline: { type: "offline" },
  authenticate: { type: "authenticate" },
};

const unheard = {
  welcomed: "same",
  synced: "same",
  behind: "same",
  lost: "same",
  postponed: "same",
  unauthenticated: "same",
  refused: "same",
} as const;
const linked = {
  start: "same",
  stop: "closed",
  lost: "backoff",
  postponed: "backoff",
  unauthenticated: "needs-auth",
  refused: "failed",
  due: "same",
  woke: "same",
  offline: "same",
  authenticate: "same",
} as const;
const resting = {
  ...unheard,
  start: "connecting",
  stop: "closed",
  due: "same",
  woke: "same",
  offline: "same",
  authenticate: "same",
} as const;
const waiting = { ...unheard, start: "same", stop: "closed", due: "connecting", woke: "connecting", authenticate: "connecting" } as const;

const expected: { readonly [S in ConnectionStatus]: { readonly [T in Type]: ConnectionStatus | "same" } } = {
  idle: resting,
  connecting: { ...linked, welcomed: "syncing", synced: "same", behind: "same" },
  syncing: { ...linked, welcomed: "same", synced: "live", behind: "syncing" },
  live: { ...linked, welcomed: "same", synced: "same", behind: "syncing" },
  backoff: { ...waiting, offline: "suspended" },
  suspended: { ...waiting, offline: "same" },
  "needs-auth": { ...resting, authenticate: "connecting" },
  failed: resting,
  closed: { ...resting, stop: "same" },
};

const moment = { now: 5_000, random: 0.5 };
const stateOf = (status: ConnectionStatus): ConnectionState => ({
  status,
  reason: "test",
  attempt: 1,
  ...(status !== "live" && status !== "idle" && { downSince: 4_000 }),
  ...((status === "backoff" || status === "suspended") && { retryAt: 6_000 }),
});

describe("the connection's table of states and events", () => {
  for (const status of connectionStatuses) {
    for (const type of Object.keys(events) as Type[]) {
      const next = expected[status][type];
      it(`${status}, ${type}: ${next === "same" ? "nothing changes" : next}`, () => {
        const before = stateOf(status);
        const after = transition(before, events[type], moment);
        if (next === "same") expect(after).toBe(before);
        else expect(after.status).toBe(next);
      });
    }
  }

  it("a retry is planned exactly while waiting, and the age of what is shown is known exactly while not live", () => {
    const any = fc.constantFrom(...Object.values(events));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(any, fc.nat(60_000), fc.double({ min: 0, max: 0.999, noNaN: true })), { maxLength: 60 }),
        (schedule) => {
          let state = idle;
          let now = 0;
          for (const [event, later, random] of schedule) {
            now += later;
            const before = state;
            state = transition(before, event, { now, random });
            if (state === before) continue;
            expect(state.retryAt !== undefined).toBe(state.status === "backoff" || state.status === "suspended");
            expect(state.downSince === undefined).toBe(state.status === "live");
            if (state.retryAt !== undefined && state.status === "backoff") expect(state.retryAt).toBeGreaterThanOrEqual(now);
            expect(isLinked(state) && state.retryAt !== undefined).toBe(false);
          }
        },
      ),
    );
  });

  it("waits anything up to 0.5 s doubled with each attempt, and never more than 30 s", () => {
    expect([0, 1, 2, 3, 6, 7, 100].map((attempt) => retryDelayMs(attempt, 1))).toEqual([500, 1_000, 2_000, 4_000, 30_000, 30_000, 30_000]);
    expect(retryDelayMs(3, 0)).toBe(0);
    expect(retryDelayMs(3, 0.25)).toBe(1_000);
  });

  it("the server's word on when to come back wins", () => {
    expect(transition(stateOf("live"), events.postponed, moment).retryAt).toBe(6_234);
  });

  it("after two minutes out of touch, waiting is called suspended", () => {
    const state = { ...stateOf("connecting"), downSince: 5_000 - 120_000 };
    expect(transition(state, events.lost, moment).status).toBe("suspended");
  });

  it("being live forgets the attempts before", () => {
    const live = transition({ ...stateOf("syncing"), attempt: 9 }, events.synced, moment);
    expect(transition(live, events.lost, moment)).toMatchObject({ attempt: 1, retryAt: 5_250 });
  });
});
