import type { CommandObservation, Observer } from "@onhand/core";
import { Counter, Gauge, Histogram } from "prom-client";
import type { Place } from "./place";

const seconds = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const sizes = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000];

/** What becomes of commands, and of the groups they go in. */
export function observeCommands({ registers, prefix }: Place, now: () => number): Observer {
  const settled = new Counter({
    name: `${prefix}commands_total`,
    help: "Commands settled, by what they are and what came of them: OK, REPLAYED, a refusal's code, or UNEXPECTED.",
    labelNames: ["command", "outcome"],
    registers,
  });
  const duration = new Histogram({
    name: `${prefix}command_duration_seconds`,
    help: "From the call of a command to its answer, the wait for its group included.",
    labelNames: ["command"],
    buckets: seconds,
    registers,
  });
  const waiting = new Gauge({ name: `${prefix}commands_waiting`, help: "Commands called and not yet in a group.", registers });
  const groupSize = new Histogram({ name: `${prefix}group_commands`, help: "Commands of a group.", buckets: sizes, registers });
  const groupDuration = new Histogram({
    name: `${prefix}group_duration_seconds`,
    help: "From taking a group out of the queue to its commit, tries included.",
    labelNames: ["outcome"],
    buckets: seconds,
    registers,
  });
  const transactions = new Counter({
    name: `${prefix}transactions_total`,
    help: "Transactions of the storage that ended, by how. More than groups means that some were tried again.",
    labelNames: ["outcome"],
    registers,
  });
  /** Commands that wait for a group. Those that are refused before leave it, too. */
  const inLine = new WeakSet<CommandObservation>();

  function leave(command: CommandObservation): void {
    if (inLine.delete(command)) waiting.dec();
  }

  return {
    command(name) {
      const calledAt = now();
      const command: CommandObservation = {
        settled({ code }) {
          leave(command);
          settled.inc({ command: name, outcome: code });
          duration.observe({ command: name }, (now() - calledAt) / 1_000);
        },
      };
      inLine.add(command);
      waiting.inc();
      return command;
    },
    group(commands) {
      const takenAt = now();
      for (const command of commands) leave(command);
      groupSize.observe(commands.length);
      return {
        transaction: () => (outcome) => transactions.inc({ outcome }),
        ended: ({ code }) => groupDuration.observe({ outcome: code }, (now() - takenAt) / 1_000),
      };
    },
  };
}
