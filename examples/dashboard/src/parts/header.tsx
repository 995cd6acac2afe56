import { Keyboard } from "lucide-react";
import { useDesk, usePlaces } from "../desk";
import { ConnectionPill } from "./connection-pill";

/** Name, store and connection: what is true for the whole page. */
export function Header({ onHelp }: { readonly onHelp: () => void }) {
  return (
    <header className="sticky top-0 z-40 border-line border-b bg-page/90 backdrop-blur">
      <div className="flex h-14 items-center gap-2 px-3 sm:gap-3 sm:px-6">
        <img src="/icon.svg" alt="" width={26} height={26} />
        <p className="font-semibold text-base tracking-tight">onhand</p>
        <StoreChoice />
        <div className="ml-auto flex shrink-0 items-center gap-2 md:min-w-0 md:shrink">
          <ConnectionPill />
          <button
            type="button"
            onClick={onHelp}
            aria-label="Keyboard and scanner help"
            className="hidden size-9 place-items-center rounded-lg text-soft hover:bg-well hover:text-ink sm:grid"
          >
            <Keyboard size={18} aria-hidden />
          </button>
        </div>
      </div>
    </header>
  );
}

function StoreChoice() {
  const { storeId, chooseStore } = useDesk();
  const places = usePlaces();
  return (
    <select
      aria-label="Store"
      value={storeId ?? ""}
      onChange={(event) => chooseStore(event.target.value || undefined)}
      className="field max-w-44 py-0 pr-8 font-medium sm:ml-3 sm:max-w-64"
    >
      <option value="">All stores</option>
      {places.map(({ id, name }) => (
        <option key={id} value={id}>
          {name}
        </option>
      ))}
    </select>
  );
}
