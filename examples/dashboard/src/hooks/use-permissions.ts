import type { CommandType } from "@onhand/client";
import { useConnection } from "@onhand/react";
import { useQuery } from "@tanstack/react-query";
import { fetchPermissions } from "../model/api";

/** Who is signed in and what they may do; undefined until it is known. Asked anew whenever the page comes back to its server. */
function usePermissions() {
  const isLive = useConnection(({ status }) => status === "live");
  return useQuery({ queryKey: ["permissions"], queryFn: fetchPermissions, enabled: isLive, staleTime: 0 }).data;
}

/** Whether a command is open to whoever is signed in. Until it is known it is not, so no button shows that would be refused. */
export const useMay = (command: CommandType): boolean => usePermissions()?.actions.includes(command) ?? false;

/** The name of whoever is signed in. */
export const useMe = (): string | undefined => usePermissions()?.id;
