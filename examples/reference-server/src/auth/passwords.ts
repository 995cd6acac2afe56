import { hash, verify } from "@node-rs/argon2";

/** Argon2id with the library's parameters: 19 MiB, 2 passes. */
export const hashPassword = (password: string): Promise<string> => hash(password);

/** Whether this password made this hash. */
export type VerifyPassword = (hash: string, password: string) => Promise<boolean>;

export const verifyPassword: VerifyPassword = (kept, password) => verify(kept, password);
