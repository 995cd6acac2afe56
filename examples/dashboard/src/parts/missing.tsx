import type { InventoryClient, Observed } from "@onhand/client";
import { useLoading } from "@onhand/react";
import { ArrowLeft } from "lucide-react";
import { Link } from "wouter";
import { buttonLook } from "./button";
import { Nothing, Page } from "./page";

interface MissingProps {
  /** What it would be, such as `order`. */
  readonly name: string;
  readonly id: string;
  readonly row: (client: InventoryClient) => Observed<unknown>;
  /** Where all of its kind are. */
  readonly back: readonly [path: string, text: string];
}

/** The page of something that is not here: not yet, not for this user, or not at all. */
export function Missing({ name, id, row, back: [path, text] }: MissingProps) {
  const loading = useLoading(row);
  return (
    <Page title={loading.status === "ready" ? `No such ${name}` : id}>
      <Nothing {...loading}>
        There is no {name} <span className="break-all font-mono">{id}</span>.
      </Nothing>
      <Link href={path} className={buttonLook()}>
        <ArrowLeft size={15} aria-hidden /> {text}
      </Link>
    </Page>
  );
}
