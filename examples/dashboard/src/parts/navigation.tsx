import { useAlerts } from "@onhand/react";
import { Bell, ChartColumn, ClipboardList, ListChecks, type LucideIcon, Package, SlidersHorizontal, Truck } from "lucide-react";
import { Link, useLocation } from "wouter";
import { useDesk } from "../desk";

interface Place {
  readonly path: string;
  readonly name: string;
  readonly Icon: LucideIcon;
}

const places: readonly Place[] = [
  { path: "/", name: "Stock", Icon: Package },
  { path: "/alerts", name: "Alerts", Icon: Bell },
  { path: "/orders", name: "Orders", Icon: ClipboardList },
  { path: "/transfers", name: "Transfers", Icon: Truck },
  { path: "/counts", name: "Counts", Icon: ListChecks },
  { path: "/reports", name: "Reports", Icon: ChartColumn },
  { path: "/thresholds", name: "Limits", Icon: SlidersHorizontal },
];

const isAt = (path: string, location: string): boolean =>
  path === "/" ? location === "/" || location.startsWith("/products/") : location === path || location.startsWith(`${path}/`);

/** The way to every page: at the side, or on a phone at the bottom. */
export function Navigation() {
  const [location] = useLocation();
  return (
    <nav
      aria-label="Pages"
      className="fixed inset-x-0 bottom-0 z-30 border-line border-t bg-page/95 pb-[env(safe-area-inset-bottom)] backdrop-blur sm:inset-y-0 sm:right-auto sm:w-20 sm:border-t-0 sm:border-r sm:pt-16"
    >
      <ul className="flex sm:flex-col sm:gap-1 sm:px-2">
        {places.map(({ path, name, Icon }) => (
          <li key={path} className="relative min-w-0 flex-1">
            <Link
              href={path}
              aria-current={isAt(path, location) ? "page" : undefined}
              className="flex h-14 flex-col items-center justify-center gap-1 rounded-xl text-[0.6875rem] text-soft hover:text-ink aria-[current]:text-accent sm:h-15 sm:text-xs sm:aria-[current]:bg-well sm:hover:bg-well"
            >
              <Icon size={20} aria-hidden />
              <span className="max-w-full truncate">{name}</span>
              {path === "/alerts" && <Unread />}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

const most = 99;

/** How many alerts nobody has looked at yet, live. */
function Unread() {
  const { storeId } = useDesk();
  const unread = useAlerts(
    storeId === undefined ? {} : { storeId },
    ({ items }) => items.filter(({ status }) => status === "active").length,
  );
  if (unread === 0) return null;
  return (
    <span
      data-testid="unread"
      className="absolute top-1 left-1/2 ml-1 min-w-4.5 rounded-full bg-bad px-1 text-center font-semibold text-[0.6875rem] text-card leading-4.5"
    >
      {unread > most ? `${most}+` : unread}
      <span className="sr-only"> unread</span>
    </span>
  );
}
