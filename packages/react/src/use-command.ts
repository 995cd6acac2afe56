import { type CommandInput, type CommandResult, type CommandType, type InventoryError, isInventoryError } from "@onhand/client";
import { useCallback, useState } from "react";
import { useInventoryClient } from "./provider";

/** A command, ready to run, and how its runs from this component fare. */
export interface CommandHandle<Type extends CommandType> {
  /** Runs it. The promise may be left alone: what goes wrong is in `error` as well. */
  readonly run: (input: CommandInput<Type>) => Promise<CommandResult<Type>>;
  /** How many runs have no answer yet. */
  readonly pending: number;
  /** Why the last answered run was refused; undefined when it was not, and when a new one begins. */
  readonly error: InventoryError | undefined;
}

const atRest: { readonly pending: number; readonly error: InventoryError | undefined } = { pending: 0, error: undefined };

/**
 * A command of the server. Its expected effect on levels shows at once, everywhere, and goes if it is refused.
 *
 * @example
 * const sell = useCommand("stock.sell");
 * <button onClick={() => sell.run({ sku: "P001", storeId: "berlin", quantity: 1 })}>Sell</button>
 * @see docs/guides/react.md
 */
export function useCommand<Type extends CommandType>(type: Type): CommandHandle<Type> {
  const client = useInventoryClient();
  const [state, setState] = useState(atRest);

  const run = useCallback(
    (input: CommandInput<Type>) => {
      setState(({ pending }) => ({ pending: pending + 1, error: undefined }));
      const settle = (error?: unknown) =>
        setState(({ pending }) => ({ pending: pending - 1, error: isInventoryError(error) ? error : undefined }));
      const answer = client.command(type, input);
      answer.then(() => settle(), settle);
      return answer;
    },
    [client, type],
  );

  return { run, ...state };
}
