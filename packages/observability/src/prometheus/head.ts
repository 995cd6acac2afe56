import type { Feed } from "@onhand/core";
import { Gauge } from "prom-client";
import type { Place } from "./place";

type Watched = { readonly feed: Pick<Feed, "head"> };

/** Where the ledger stands, asked once a scrape. */
export function createHeadMetrics({ registers, prefix }: Place): (inventory: Watched) => void {
  return ({ feed }) => {
    let asked: Promise<number | undefined> | undefined;

    /** Undefined when it can't be read. The metric tells of that; a scrape that fails would hide all the others. */
    function ask(): Promise<number | undefined> {
      asked ??= feed
        .head()
        .catch(() => undefined)
        .finally(() => {
          asked = undefined;
        });
      return asked;
    }

    new Gauge({
      name: `${prefix}storage_up`,
      help: "1 when the ledger can be read, 0 when not.",
      registers,
      async collect() {
        this.set((await ask()) === undefined ? 0 : 1);
      },
    });
    new Gauge({
      name: `${prefix}head_seq`,
      help: "The number of the last committed command, whichever process committed it.",
      registers,
      async collect() {
        const seq = await ask();
        if (seq === undefined) this.remove();
        else this.set(seq);
      },
    });
  };
}
