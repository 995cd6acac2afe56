import { describe, expect, it } from "vitest";
import { addDays, type Calendar, calendarOf, dayIndex, daysFrom, daysUntil } from "./days";

const calendar = (timeZone: string) => calendarOf(timeZone) as Calendar;
const hours = (first: string, count: number, timeZone: string) => {
  const { starts } = daysFrom(first, count, calendar(timeZone));
  return starts.slice(1).map((start, index) => (start - (starts[index] as number)) / 3_600_000);
};

describe("days of a calendar", () => {
  it("are 24 hours in UTC and begin at midnight", () => {
    const { dates, starts } = daysFrom("2026-02-27", 3, calendar("UTC"));
    expect(dates).toEqual(["2026-02-27", "2026-02-28", "2026-03-01"]);
    expect(starts).toEqual([27, 28, 29, 30].map((day) => Date.UTC(2026, 1, day)));
  });

  it("are an hour shorter and longer where clocks change", () => {
    expect(hours("2026-03-28", 3, "Europe/Berlin")).toEqual([24, 23, 24]);
    expect(hours("2026-10-24", 3, "Europe/Berlin")).toEqual([24, 25, 24]);
  });

  it("begin at one where the clocks leave midnight out, and at the first midnight where they repeat it", () => {
    // Cuba puts its clocks on from 00:00 to 01:00, and back from 01:00 to 00:00.
    expect(hours("2026-03-07", 3, "America/Havana")).toEqual([24, 23, 24]);
    expect(hours("2026-10-31", 3, "America/Havana")).toEqual([24, 25, 24]);
    expect(calendar("America/Havana")(daysFrom("2026-03-08", 1, calendar("America/Havana")).starts[0] as number)).toBe("2026-03-08");
  });

  it("are found at the ends of the world", () => {
    for (const timeZone of ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Asia/Kathmandu"]) {
      const { starts } = daysFrom("2026-06-01", 2, calendar(timeZone));
      expect([starts[0], (starts[0] as number) - 1].map((time) => calendar(timeZone)(time as number))).toEqual([
        "2026-06-01",
        "2026-05-31",
      ]);
    }
  });

  it("hold each time from their first moment to the one before the next, and none outside", () => {
    const days = daysFrom("2026-03-28", 3, calendar("Europe/Berlin"));
    for (const [index, start] of days.starts.slice(0, -1).entries()) {
      expect([dayIndex(days, start), dayIndex(days, (days.starts[index + 1] as number) - 1)]).toEqual([index, index]);
    }
    expect([dayIndex(days, (days.starts[0] as number) - 1), dayIndex(days, days.starts[3] as number)]).toEqual([-1, -1]);
  });

  it("are counted from date to date, over leap days", () => {
    expect([addDays("2028-02-28", 1), addDays("2026-01-01", -1)]).toEqual(["2028-02-29", "2025-12-31"]);
    expect(daysUntil("2028-02-28", "2028-03-01")).toBe(2);
  });

  it("exist for time zones only", () => {
    expect(calendarOf("Mars/Olympus")).toBeUndefined();
  });
});
