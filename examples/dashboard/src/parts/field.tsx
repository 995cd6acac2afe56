import type { ReactNode } from "react";

/** A field with its name above it. */
export function Field({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is among the children.
    <label className="block min-w-0 space-y-1.5 text-sm">
      <span className="font-medium">{name}</span>
      {children}
    </label>
  );
}

/** Facts with their names, side by side. */
export function Facts({ facts }: { readonly facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 text-sm sm:grid-cols-4">
      {facts.map(([name, value]) => (
        <div key={name} className="min-w-0">
          <dt className="text-soft text-xs">{name}</dt>
          <dd className="break-words">{value ?? "–"}</dd>
        </div>
      ))}
    </dl>
  );
}
