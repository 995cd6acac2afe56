import cliProgress from "cli-progress";

/** Tells how far something long is. */
export interface Progress {
  update(done: number): void;
  stop(): void;
}

const plainEveryMs = 5_000;

/** A bar with rate and time left on a terminal; elsewhere a plain line every five seconds. */
export const createProgress = (stream: NodeJS.WriteStream, total: number, now: () => number, unit = "lines"): Progress =>
  stream.isTTY ? bar(stream, total, now, unit) : plainLines(stream, total, now, unit);

function bar(stream: NodeJS.WriteStream, total: number, now: () => number, unit: string): Progress {
  const started = now();
  const shown = new cliProgress.SingleBar({
    stream,
    format: `{bar} {percentage}% · {value}/{total} ${unit} · {rate}/s · {left} left`,
    barCompleteChar: "█",
    barIncompleteChar: "░",
    hideCursor: true,
  });
  shown.start(total, 0, { rate: 0, left: "–" });
  return {
    update: (done) => shown.update(done, figures(done, total, now() - started)),
    stop: () => shown.stop(),
  };
}

function plainLines(stream: NodeJS.WritableStream, total: number, now: () => number, unit: string): Progress {
  const started = now();
  let next = started + plainEveryMs;
  return {
    update(done) {
      const time = now();
      if (time < next) return;
      next = time + plainEveryMs;
      const { rate, left } = figures(done, total, time - started);
      stream.write(`${done} of ${total} ${unit} · ${rate}/s · ${left} left\n`);
    },
    stop() {},
  };
}

function figures(done: number, total: number, elapsedMs: number): { rate: number; left: string } {
  const rate = done / Math.max(elapsedMs / 1_000, 0.001);
  return { rate: Math.round(rate), left: rate > 0 ? duration((total - done) / rate) : "–" };
}

/** `59s`, `2m 05s`, `1h 02m`. */
export function duration(seconds: number): string {
  const whole = Math.round(seconds);
  const two = (value: number) => String(value).padStart(2, "0");
  if (whole < 60) return `${whole}s`;
  if (whole < 3_600) return `${Math.floor(whole / 60)}m ${two(whole % 60)}s`;
  return `${Math.floor(whole / 3_600)}h ${two(Math.floor((whole % 3_600) / 60))}m`;
}
