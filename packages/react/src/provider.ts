import type { InventoryClient } from "@onhand/client";
import { createContext, createElement, type ReactElement, type ReactNode, useContext, useEffect } from "react";

const Context = createContext<InventoryClient | undefined>(undefined);

/** What {@link InventoryProvider} takes. */
export interface InventoryProviderProps {
  readonly client: InventoryClient;
  readonly children?: ReactNode;
}

/**
 * Gives every hook below it its client, and starts the client once the page shows. Stopping it is its owner's business.
 *
 * @example
 * createRoot(element).render(<InventoryProvider client={client}><App /></InventoryProvider>);
 * @see docs/guides/react.md
 */
export function InventoryProvider({ client, children }: InventoryProviderProps): ReactElement {
  useEffect(() => client.start(), [client]);
  return createElement(Context.Provider, { value: client }, children);
}

/**
 * The client of the nearest {@link InventoryProvider}.
 *
 * @throws {@link TypeError} when there is none.
 */
export function useInventoryClient(): InventoryClient {
  const client = useContext(Context);
  if (!client) throw new TypeError("an InventoryProvider must stand above components that use its hooks");
  return client;
}
