import { readFile, writeFile } from "node:fs/promises";
import { InventoryError, type Principal, roles } from "@onhand/core";
import * as z from "zod";
import { hashPassword } from "./passwords";

const schema = z.strictObject({
  users: z
    .array(
      z.strictObject({
        name: z.string().min(1).max(100),
        passwordHash: z.string().startsWith("$argon2id$"),
        roles: z.array(z.enum(roles)),
        stores: z.union([z.literal("*"), z.array(z.string().min(1))]),
      }),
    )
    .max(10_000),
});

/** Somebody who may sign in. */
export type User = z.infer<typeof schema>["users"][number];

export const principalOf = ({ name, roles: some, stores }: User): Principal => ({ id: name, roles: some, stores });

/** The users of a file. Where it doesn't exist it is made, with an admin who has this password. */
export async function loadUsers(file: string, adminPassword: string | undefined): Promise<readonly User[]> {
  try {
    return await readUsers(file);
  } catch (error) {
    if (!isMissing(error)) throw error;
    if (adminPassword === undefined) throw invalid(`${file} does not exist; set ONHAND_ADMIN_PASSWORD to have it made with an admin`);
    return addUser(file, { name: "admin", roles: ["admin"], stores: "*" }, adminPassword);
  }
}

/** @throws {@link InventoryError} `INVALID_INPUT` when the file is no list of users; whatever reading it throws. */
export async function readUsers(file: string): Promise<readonly User[]> {
  const text = await readFile(file, "utf8");
  try {
    const { users } = schema.parse(JSON.parse(text));
    const names = new Set(users.map(({ name }) => name));
    if (names.size < users.length) throw invalid(`${file} has two users of one name`);
    return users;
  } catch (error) {
    if (error instanceof z.ZodError) throw invalid(`${file}: ${error.issues[0]?.path.join(".")} ${error.issues[0]?.message}`);
    if (error instanceof SyntaxError) throw invalid(`${file} is not JSON`);
    throw error;
  }
}

const shortestPassword = 12;

/** Adds a user, or replaces the one of that name. Only its owner may read the file. */
export async function addUser(file: string, user: Omit<User, "passwordHash">, password: string): Promise<readonly User[]> {
  if (password.length < shortestPassword) throw invalid(`a password has at least ${shortestPassword} characters`);
  const before = await readUsers(file).catch((error: unknown) => {
    if (isMissing(error)) return [];
    throw error;
  });
  const users = [...before.filter(({ name }) => name !== user.name), { ...user, passwordHash: await hashPassword(password) }];
  await writeFile(file, `${JSON.stringify(schema.parse({ users }), undefined, 2)}\n`, { mode: 0o600 });
  return users;
}

const isMissing = (error: unknown): boolean => error instanceof Error && "code" in error && error.code === "ENOENT";
const invalid = (message: string) => new InventoryError("INVALID_INPUT", { issues: [{ path: "users", message }] });
