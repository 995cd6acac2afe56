import { isInventoryError, type Role, roles } from "@onhand/core";
import { Option } from "commander";
import { addUser } from "../auth/users";
import { commandLine } from "../command-line";

interface Given {
  readonly file: string;
  readonly roles: readonly Role[];
  readonly stores?: readonly string[];
}

const program = commandLine("users")
  .description("Adds somebody who may sign in, or gives them another password, which is read from ONHAND_PASSWORD.")
  .argument("<name>", "who it is; it stands on their movements")
  .requiredOption("--file <path>", "the users of the server")
  .addOption(new Option("--roles <role...>", "what they may do").choices(roles).makeOptionMandatory())
  .option("--stores <id...>", "where they may; every store when left out")
  .action(async (name: string, { file, roles: some, stores = [] }: Given) => {
    const password = process.env.ONHAND_PASSWORD;
    if (password === undefined) return program.error("error: set ONHAND_PASSWORD");
    const users = await addUser(file, { name, roles: [...some], stores: stores.length === 0 ? "*" : [...stores] }, password);
    process.stdout.write(`${name} may sign in; ${file} has ${users.length}\n`);
  });

program.parseAsync().catch((error: unknown) => {
  if (!isInventoryError(error)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
