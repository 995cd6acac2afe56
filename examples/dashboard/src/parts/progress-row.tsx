import type { ReactNode } from "react";
import { Link } from "wouter";
import { Progress } from "./progress";

interface ProgressRowProps {
  /** What kind of thing it is, for tests. */
  readonly kind: string;
  readonly path: string;
  readonly title: ReactNode;
  readonly details: ReactNode;
  readonly standing: ReactNode;
  /** How much of it is done, from 0 to 1. */
  readonly share: number;
  readonly badge: ReactNode;
}

/** Work in a list, how far it is, and the way to it. */
export function ProgressRow({ kind, path, title, details, standing, share, badge }: ProgressRowProps) {
  return (
    <li
      data-testid={kind}
      className="relative grid grid-cols-[minmax(0,1fr)_auto] items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-well/60 sm:grid-cols-[minmax(0,1fr)_10rem_8rem]"
    >
      <div className="min-w-0">
        <Link href={path} className="block font-medium after:absolute after:inset-0 sm:truncate">
          {title}
        </Link>
        <p className="text-sm text-soft sm:truncate">{details}</p>
      </div>
      <div className="col-span-2 row-start-2 space-y-1.5 text-sm sm:col-span-1 sm:row-start-auto">
        {standing}
        <Progress share={share} />
      </div>
      {badge}
    </li>
  );
}
