import { Link, useLocation } from "wouter";

interface TabsProps {
  readonly name: string;
  readonly tabs: readonly (readonly [path: string, text: string])[];
}

/** The parts of a page, each with an address of its own. */
export function Tabs({ name, tabs }: TabsProps) {
  const [location] = useLocation();
  return (
    <nav aria-label={name} className="-mx-3 overflow-x-auto border-line border-b px-3 sm:mx-0 sm:px-0">
      <ul className="flex gap-1">
        {tabs.map(([path, text]) => (
          <li key={path}>
            <Link
              href={path}
              aria-current={location === path ? "page" : undefined}
              className="-mb-px block whitespace-nowrap border-transparent border-b-2 px-3 py-2 text-sm text-soft hover:text-ink aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
