import { Command } from "commander";

/** A command line that says how it is used when it is told something wrong, and ends with 2 then; what fails later ends with 1. */
export function commandLine(name: string): Command {
  const program = new Command(name);
  return program
    .configureOutput({ outputError: (text, write) => write(`${text}Usage: ${name} ${program.usage()}\n`) })
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 2));
}
