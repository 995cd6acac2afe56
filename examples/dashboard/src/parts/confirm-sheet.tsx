import type { ReactNode } from "react";
import { Button } from "./button";
import { Sheet } from "./sheet";

interface ConfirmSheetProps {
  readonly open: boolean;
  readonly title: string;
  /** What the button says. */
  readonly deed: string;
  readonly onClose: () => void;
  readonly onConfirm: () => unknown;
  /** What comes of it. */
  readonly children: ReactNode;
}

/** Asks before what can't be undone. */
export function ConfirmSheet({ open, title, deed, onClose, onConfirm, children }: ConfirmSheetProps) {
  const confirm = () => {
    onClose();
    onConfirm();
  };
  return (
    <Sheet open={open} onClose={onClose} title={title} place="middle">
      <div className="space-y-4">
        <p className="text-sm text-soft">{children}</p>
        <div className="flex justify-end gap-2">
          <Button look="quiet" onClick={onClose}>
            Back
          </Button>
          <Button look="risky" onClick={confirm}>
            {deed}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}
