import { Link, useLocation } from "wouter";

interface TabsProps {
  readonly name: string;
  readonly tabs: readonly (readonly [path: string, text: string])[];
}

/** The parts of a page, each with an address of its own. */
export function Tabs({ name, tabs }: TabsProps) {
  const [location] = useLocation();
  return (
    <nav aria-label={name} className="border-line border-b">
      <ul className="flex flex-wrap sm:gap-x-1">
        {tabs.map(([path, text]) => (
          <li key={path}>
            <Link
              href={path}
              aria-current={location === path ? "page" : undefined}
              className="-mb-px block whitespace-nowrap border-transparent border-b-2 px-2 py-2 sm:px-3 text-sm text-soft hover:text-ink aria-[current]:border-accent aria-[current]:font-semibold aria-[current]:text-ink"
            >
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
