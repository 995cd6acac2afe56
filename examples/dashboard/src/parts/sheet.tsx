import { X } from "lucide-react";
import { type ReactNode, useLayoutEffect, useRef } from "react";

interface SheetProps {
  readonly open: boolean;
  readonly title: string;
  readonly onClose: () => void;
  /** `side` slides in from the right and fills a phone; `middle` floats. */
  readonly place: "side" | "middle";
  readonly children: ReactNode;
}

const places = {
  side: "my-0 mr-0 ml-auto h-dvh max-h-none w-full max-w-[27rem] border-line border-l [--from-x:2rem]",
  middle: "m-auto w-[calc(100%-2rem)] max-w-md rounded-2xl border border-line [--from-y:0.5rem]",
} as const;

/** A dialog of the browser's own: it keeps the focus, closes with Escape, and gives the focus back. */
export function Sheet({ open, title, onClose, place, children }: SheetProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before the effects of what is in it, which may take the focus.
  useLayoutEffect(() => {
    if (open) dialog.current?.showModal();
    else dialog.current?.close();
  }, [open]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: a click beside the dialog is a shortcut; Escape and the button do the same.
    <dialog
      ref={dialog}
      aria-label={title}
      onClose={onClose}
      onClick={(event) => event.target === event.currentTarget && onClose()}
      className={`overflow-hidden bg-card p-0 text-ink shadow-2xl ${places[place]}`}
    >
      {open && (
        <div className="flex h-full max-h-dvh flex-col">
          <div className="flex items-center justify-between gap-4 border-line border-b py-3 pr-3 pl-5">
            <h2 className="truncate font-semibold text-base">{title}</h2>
            <button
              type="button"
              onClick={onClose}
              aria-label="Close"
              className="grid size-9 shrink-0 place-items-center rounded-lg text-soft hover:bg-well hover:text-ink"
            >
              <X size={18} aria-hidden />
            </button>
          </div>
          <div className="overflow-y-auto px-5 py-4">{children}</div>
        </div>
      )}
    </dialog>
  );
}
