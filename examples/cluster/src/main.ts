import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { startCluster } from "./start-cluster";

const wholeNumber = (from: number, to: number) => (text: string) => {
  if (/^\d{1,5}$/u.test(text) && Number(text) >= from && Number(text) <= to) return Number(text);
  throw new InvalidArgumentError(`must be a whole number from ${from} to ${to}.`);
};

const { nodes, port, demo } = new Command("cluster")
  .description("Reference servers on one PostgreSQL with a replica, hints over Redis, nginx in front. Everything is gone when it ends.")
  .option("--nodes <number>", "how many reference servers", wholeNumber(2, 8), 2)
  .option("--port <number>", "where nginx listens", wholeNumber(1, 65_535), 8080)
  .option("--demo", "a shop that is busy all day", false)
  .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2))
  .parse()
  .opts<{ nodes: number; port: number; demo: boolean }>();

const directory = await mkdtemp(join(tmpdir(), "onhand-cluster-"));
const remove = () => rm(directory, { recursive: true, force: true });
try {
  const starting = startCluster({ directory, nodes, port, demo });
  // Whoever changes their mind early leaves nothing behind either.
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void starting.then((cluster) => cluster.close()).then(remove));
  const cluster = await starting;
  console.log(`the cluster is on ${cluster.url}`);
  for (const [index, { url }] of cluster.nodes.entries()) console.log(`  node ${index + 1}   ${url}`);
  console.log(`  primary  ${cluster.primary.url}\n  replica  ${cluster.replica.url}`);
  console.log("OPEN TO EVERYBODY on this machine. Ctrl-C ends it and removes what it kept.");
} catch (error) {
  await remove();
  throw error;
}
