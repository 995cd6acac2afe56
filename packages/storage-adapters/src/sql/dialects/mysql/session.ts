import { within } from "../../deadline";
import { sqlFailure } from "../../failures";
import type { RawRow } from "../../rows";
import type { Session, SessionLimits } from "../dialect";
import { classifyMysql } from "./failures";

/** The part of mysql2's connection that is used, in either flavour. */
export interface MysqlConnection {
  query(options: unknown, callback?: Answer): unknown;
  execute(options: unknown, values: readonly unknown[], callback?: Answer): unknown;
  destroy(): void;
  /** The callback connection inside one of mysql2/promise. */
  readonly connection?: unknown;
}

type Answer = (error: unknown, result: unknown) => void;

/** A statement's answer that is no rows. `serverStatus` tells whether a transaction is open. */
interface Done {
  readonly affectedRows: number;
  readonly serverStatus: number;
}

const inTransactionFlag = 1;
const lastStatus = new WeakMap<object, number>();

/** Whether the connection's last statement without rows left a transaction open. */
export const leftOpen = (raw: unknown): boolean =>
  ((lastStatus.get(callbackConnection(raw)) ?? 0) & inTransactionFlag) === inTransactionFlag;

/** The callback flavour of a connection: that of mysql2/promise wraps one. */
function callbackConnection(raw: unknown): MysqlConnection {
  const given = raw as MysqlConnection;
  const inner = given.connection as MysqlConnection | undefined;
  return typeof inner?.execute === "function" && typeof inner.query === "function" ? inner : given;
}

/** Speaks through a mysql2 connection. Values go as parameters of prepared statements: no SQL mode changes what they mean. */
export function mysqlSession(raw: unknown, { statementMs }: Pick<SessionLimits, "statementMs">): Session {
  const connection = callbackConnection(raw);
  let broken = false;
  function destroy(): void {
    broken = true;
    connection.destroy();
  }
  function send(text: string, values: readonly unknown[]): Promise<unknown> {
    const options = { sql: text, rowsAsArray: true, supportBigNumbers: true };
    return new Promise((resolve, reject) => {
      const answer: Answer = (error, result) => (error ? reject(error) : resolve(result));
      if (values.length === 0) connection.query(options, answer);
      else connection.execute(options, values, answer);
    });
  }
  return {
    raw,
    get broken() {
      return broken;
    },
    async run({ text, values }) {
      try {
        const result = await within(send(text, values), statementMs, () => {
          destroy();
          throw sqlFailure("lost", new Error(`no answer within ${statementMs} ms`));
        });
        if (Array.isArray(result)) return result as RawRow[];
        const { affectedRows, serverStatus } = result as Done;
        lastStatus.set(connection, serverStatus);
        return [[affectedRows]];
      } catch (error) {
        const failure = classifyMysql(error);
        if (failure.kind === "lost") broken = true;
        throw failure;
      }
    },
    destroy,
  };
}
