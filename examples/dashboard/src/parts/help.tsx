import { Sheet } from "./sheet";

const rows: readonly (readonly [keys: readonly string[], meaning: string])[] = [
  [["A – Z", "0 – 9"], "go to the scan field where there is one; a USB scanner types, so just scan"],
  [["Enter"], "in the scan field, adds, sells or picks the product"],
  [["/"], "search products"],
  [["↑", "↓"], "walk through the table; Home and End jump"],
  [["Enter"], "on a product, opens it"],
  [["Esc"], "closes what is open, or clears the search"],
  [["?"], "this help"],
];

export function Help({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  return (
    <Sheet open={open} onClose={onClose} title="Keyboard and scanner" place="middle">
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-5 gap-y-3 text-sm">
        {rows.map(([keys, meaning]) => (
          <div key={meaning} className="contents">
            <dt className="flex gap-1">
              {keys.map((key) => (
                <kbd key={key} className="key whitespace-nowrap">
                  {key}
                </kbd>
              ))}
            </dt>
            <dd className="text-soft">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Sheet>
  );
}
