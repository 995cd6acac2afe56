import { within } from "../../deadline";
import { sqlFailure } from "../../failures";
import { checksum } from "../../names";
import type { Bound, RawRow, Scalar } from "../../rows";
import type { Session, SessionLimits } from "../dialect";
import { classifyPostgres } from "./failures";

/** The part of pg's Client that is used. */
export interface PostgresClient {
  query(config: unknown): Promise<PostgresResult | readonly PostgresResult[]>;
  readonly connection?: { readonly stream?: { destroy(): void } };
  getTransactionStatus?(): string | null;
  end?(): Promise<void>;
}

interface PostgresResult {
  readonly rows: readonly RawRow[];
}

// A host may have set its own parsers for the whole process; values come as the server's text, and rows.ts reads them.
const asText = { getTypeParser: () => (value: unknown) => value };

/** Speaks through a pg client. */
export function postgresSession(raw: unknown, { statementMs }: Pick<SessionLimits, "statementMs">): Session {
  const client = raw as PostgresClient & { __knex__disposed?: unknown };
  let broken = false;
  function destroy(): void {
    broken = true;
    // knex asks this before it hands a connection out again.
    client.__knex__disposed ??= "given up by onhand";
    client.connection?.stream?.destroy();
  }
  return {
    raw,
    get broken() {
      return broken;
    },
    async run({ text, values, prepared }) {
      const config = {
        text,
        rowMode: "array",
        types: asText,
        ...(values.length > 0 && { values: values.map(bindable) }),
        ...(prepared && { name: nameOf(text) }),
      };
      try {
        const result = await within(client.query(config), statementMs, () => {
          destroy();
          throw sqlFailure("lost", new Error(`no answer within ${statementMs} ms`));
        });
        return "rows" in result ? result.rows : (result.at(-1)?.rows ?? []);
      } catch (error) {
        const failure = classifyPostgres(error);
        if (failure.kind === "lost") broken = true;
        throw failure;
      }
    },
    destroy,
  };
}

const names = new Map<string, string>();
const mostNames = 1_000;

/** The name a statement is prepared under. Texts are long and few, so names are kept. */
function nameOf(text: string): string {
  const name = names.get(text) ?? `onhand_${checksum(text)}_${text.length}`;
  if (names.size < mostNames) names.set(text, name);
  return name;
}

const bindable = (value: Bound): string | number | null => (typeof value === "object" && value !== null ? arrayLiteral(value) : value);

/**
 * An array as PostgreSQL writes it. That is how JSON writes it, but for the characters that JSON gives names: those stand for themselves here. Made
 * here: the driver's own is several times slower.
 */
function arrayLiteral(values: readonly Scalar[]): string {
  const json = JSON.stringify(values);
  const text = /\\[^"\\]/.test(json) ? json.replace(/\\(?:u[0-9a-f]{4}|.)/g, unnamed) : json;
  return `{${text.slice(1, -1)}}`;
}

const unnamed = (named: string): string => (/["\\]$/.test(named) ? named : (JSON.parse(`"${named}"`) as string));
