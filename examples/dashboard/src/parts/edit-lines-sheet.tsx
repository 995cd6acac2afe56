import { type FormEvent, useState } from "react";
import { plainAmount } from "../model/lots";
import { Button } from "./button";
import { type EditedLine, LinesEditor, wantedLines } from "./lines-editor";
import { Sheet } from "./sheet";

type Line = { readonly sku: string; readonly quantity: number };

interface EditLinesSheetProps {
  readonly open: boolean;
  readonly lines: readonly Line[];
  readonly onClose: () => void;
  /** Keeps the lines; answers whether that went well. */
  readonly onSave: (lines: readonly Line[]) => Promise<boolean>;
}

/** Changes what is on a draft. */
export function EditLinesSheet({ open, lines, onClose, onSave }: EditLinesSheetProps) {
  return (
    <Sheet open={open} onClose={onClose} title="Lines" place="side">
      <EditLinesForm
        lines={lines}
        onSubmit={async (wanted) => {
          if (await onSave(wanted)) onClose();
        }}
      />
    </Sheet>
  );
}

function EditLinesForm({ lines, onSubmit }: { readonly lines: readonly Line[]; readonly onSubmit: (lines: readonly Line[]) => void }) {
  const [edited, setEdited] = useState<readonly EditedLine[]>(() => lines.map(({ sku, quantity }) => ({ ...plainAmount(quantity), sku })));
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSubmit(wantedLines(edited));
  }
  return (
    <form onSubmit={submit} className="space-y-4">
      <LinesEditor lines={edited} onLines={setEdited} />
      <div className="flex justify-end">
        <Button type="submit" look="main">
          Save
        </Button>
      </div>
    </form>
  );
}
