/** When nobody is to be disturbed. From `22:00` to `07:00` goes past midnight. */
export interface QuietHours {
  /** As `HH:MM`. */
  readonly from: string;
  /** As `HH:MM`. */
  readonly to: string;
  /** An IANA name such as `Europe/Berlin`. */
  readonly timeZone: string;
}

const minutesOfDay = 1_440;
const minuteMs = 60_000;

/**
 * Reads quiet hours once, and tells for a time how long it is still quiet; 0 when it is not.
 *
 * Told by the clock on the wall. In a night when clocks change the time given may be an hour off, so ask again then.
 *
 * @throws TypeError for a time or a time zone that is none.
 */
export function quietTime({ from, to, timeZone }: QuietHours): (now: number) => number {
  const [begin, end] = [minuteOf("from", from), minuteOf("to", to)];
  const wall = wallClock(timeZone);
  return (now) => {
    const at = wall(now);
    const isQuiet = begin <= end ? begin <= at && at < end : at >= begin || at < end;
    return isQuiet ? ((end - at + minutesOfDay) % minutesOfDay) * minuteMs - (now % minuteMs) : 0;
  };
}

function minuteOf(name: string, text: string): number {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (match) return Number(match[1]) * 60 + Number(match[2]);
  throw new TypeError(`quietHours.${name} must be a time such as 22:00`);
}

function wallClock(timeZone: string): (now: number) => number {
  try {
    const format = new Intl.DateTimeFormat("en-GB", { timeZone, hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
    return (now) => {
      const [hours, minutes] = format.format(now).split(":");
      return Number(hours) * 60 + Number(minutes);
    };
  } catch (error) {
    throw new TypeError("quietHours.timeZone must be an IANA time zone such as Europe/Berlin", { cause: error });
  }
}
