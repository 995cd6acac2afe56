import { type ReactNode, useEffect } from "react";
import { describeRefusal } from "../model/refusal";
import { Button } from "./button";
import { StaleNotice } from "./stale-notice";

interface PageProps {
  readonly title: string;
  /** What can be done here, beside the title. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page under the header: its title, what can be done, and what there is. */
export function Page({ title, actions, children }: PageProps) {
  useTitle(title);
  return (
    <div className="mx-auto max-w-[80rem] space-y-4 px-3 pt-4 pb-10 sm:px-6">
      <StaleNotice />
      <div className="flex min-h-9 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <h1 className="min-w-0 font-semibold text-xl tracking-tight">{title}</h1>
        {actions !== undefined && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${title} · onhand`;
  }, [title]);
}

interface NothingProps {
  readonly status: "loading" | "ready" | "refused";
  readonly error?: unknown;
  /** What to say when there is nothing. */
  readonly children: ReactNode;
}

/** What stands where a list would: it is on its way, it was refused, or it is empty. */
export function Nothing({ status, error, children }: NothingProps) {
  if (status === "loading") return <p className="panel px-4 py-14 text-center text-soft">Loading…</p>;
  if (status === "refused")
    return (
      <p role="alert" className="panel px-4 py-14 text-center text-bad">
        {describeRefusal(error)}
      </p>
    );
  return <div className="panel px-4 py-14 text-center text-soft">{children}</div>;
}

/** The way to the next page of a list. */
export function More({ onMore, busy = false }: { readonly onMore: (() => void) | undefined; readonly busy?: boolean }) {
  if (!onMore) return null;
  return (
    <div className="pt-1 text-center">
      <Button onClick={onMore} disabled={busy}>
        {busy ? "Loading…" : "Show more"}
      </Button>
    </div>
  );
}
