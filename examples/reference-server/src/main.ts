import { CommanderError } from "commander";
import { pino } from "pino";
import { explain } from "./explain";
import { readSettings, type Settings, wasHelp } from "./settings";
import { type RunningServer, startServer } from "./start-server";
import { shownAddress } from "./storage/storage-from-url";

const log = (level: string) => pino({ level, serializers: { error: pino.stdSerializers.err } }, pino.destination({ dest: 2, sync: true }));

const say = (line: string) => process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const settings = readSettings(process.argv.slice(2));
  const logger = log(settings.logLevel);
  const server = await startServer(settings, logger);
  announce(settings, server);
  closeOnSignal(server, logger);
}

function announce({ demo, token, users, storage, host }: Settings, { url, metricsUrl }: RunningServer): void {
  say(`onhand is listening on ${url} (${shownAddress(storage)})`);
  if (metricsUrl !== undefined) say(`metrics for Prometheus are on ${metricsUrl}`);
  if (token !== undefined || users !== undefined) return;
  say(
    `OPEN TO EVERYBODY who can reach ${host}: ${demo ? "--demo" : "--open-for-demo"} asks nobody for a token. Don't keep real stock here.`,
  );
}

function closeOnSignal(server: RunningServer, logger: ReturnType<typeof log>): void {
  let closing = false;
  const close = (signal: NodeJS.Signals) => {
    if (closing) return process.exit(130);
    closing = true;
    say(`${signal}: closing; once more to leave at once`);
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        logger.error({ error }, "closing failed");
        process.exit(1);
      },
    );
  };
  process.on("SIGINT", close);
  process.on("SIGTERM", close);
}

main().catch((error: unknown) => {
  if (error instanceof CommanderError) process.exit(wasHelp(error) ? 0 : 2);
  const reason = explain(error);
  if (reason === undefined) throw error;
  process.stderr.write(`onhand can't start. ${reason}\n`);
  process.exit(1);
});
