import { spawnSync } from "node:child_process";
import { root } from "./packages";

type Where = { readonly cwd?: string };

/** Runs a command to its end on this terminal and answers whether it succeeded. */
export const run = (command: string, args: readonly string[], { cwd = root }: Where = {}): boolean => {
  const { status, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (error) throw error;
  return status === 0;
};

/** Runs a command to its end and answers what it printed; throws with its errors when it fails. */
export const read = (command: string, args: readonly string[], { cwd = root }: Where = {}): string => {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, stdio: ["ignore", "pipe", "pipe"], encoding: "utf8" });
  if (error) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} failed with ${status}\n${stdout}${stderr}`);
  return stdout;
};
