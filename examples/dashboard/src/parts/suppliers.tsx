import type { Supplier } from "@onhand/core";
import { useSuppliers } from "@onhand/react";
import { type FormEvent, useState } from "react";
import { useAction } from "../hooks/use-action";
import { useMay } from "../hooks/use-permissions";
import { formatCount } from "../model/format";
import { Button } from "./button";
import { Field } from "./field";
import { Nothing } from "./page";
import { Sheet } from "./sheet";

/** Who delivers, and how to reach them. */
export function Suppliers() {
  const { items, ...loading } = useSuppliers();
  const [edited, setEdited] = useState<Supplier | "new">();
  const mayCreate = useMay("suppliers.create");
  const mayUpdate = useMay("suppliers.update");
  const inUse = items.filter(({ archived }) => !archived).toSorted((a, b) => a.name.localeCompare(b.name));
  return (
    <>
      {mayCreate && (
        <div className="flex justify-end">
          <Button onClick={() => setEdited("new")}>Add a supplier</Button>
        </div>
      )}
      {inUse.length === 0 ? (
        <Nothing {...loading}>There are no suppliers yet.</Nothing>
      ) : (
        <ul className="panel divide-y divide-line">
          {inUse.map((supplier) => (
            <li key={supplier.id} data-testid="supplier" className="flex items-center gap-4 px-4 py-3">
              <div className="min-w-0 flex-1">
                <p className="truncate font-medium">{supplier.name}</p>
                <p className="break-words text-sm text-soft sm:truncate">{factsOf(supplier)}</p>
              </div>
              {mayUpdate && (
                <Button onClick={() => setEdited(supplier)} aria-label={`Change ${supplier.name}`}>
                  Change
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Sheet
        open={edited !== undefined}
        onClose={() => setEdited(undefined)}
        title={edited === "new" ? "New supplier" : "Supplier"}
        place="side"
      >
        {edited !== undefined && <SupplierForm supplier={edited === "new" ? undefined : edited} onDone={() => setEdited(undefined)} />}
      </Sheet>
    </>
  );
}

const factsOf = ({ contact, email, leadTimeDays }: Supplier): string =>
  [contact, email, leadTimeDays !== undefined && `${formatCount(leadTimeDays, "day")} to deliver`].filter(Boolean).join(" · ");

function SupplierForm({ supplier, onDone }: { readonly supplier: Supplier | undefined; readonly onDone: () => void }) {
  const create = useAction("suppliers.create", "The supplier was not added");
  const update = useAction("suppliers.update", "The supplier was not changed");
  const archive = useAction("suppliers.archive", "The supplier was not archived");

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    const name = text("name");
    const given = {
      contact: text("contact") || null,
      email: text("email") || null,
      currency: text("currency").toUpperCase() || null,
      leadTimeDays: text("leadTimeDays") === "" ? null : Number(text("leadTimeDays")),
    };
    const done = supplier
      ? await update.run({ id: supplier.id, name, ...given }, "Changed")
      : await create.run({ id: text("id"), name, ...present(given) }, "Added");
    if (done) onDone();
  }

  async function remove(id: string): Promise<void> {
    if (await archive.run({ id }, "Archived: nothing can be ordered there any more")) onDone();
  }

  return (
    <form onSubmit={submit} className="space-y-4">
      {!supplier && (
        <Field name="Short name">
          <input name="id" required maxLength={100} pattern="\S+" title="without spaces" className="field w-full font-mono" />
        </Field>
      )}
      <Field name="Name">
        <input name="name" required maxLength={200} defaultValue={supplier?.name} className="field w-full" />
      </Field>
      <Field name="Contact">
        <input name="contact" maxLength={100} defaultValue={supplier?.contact} className="field w-full" />
      </Field>
      <Field name="E-mail">
        <input name="email" type="email" maxLength={254} defaultValue={supplier?.email} className="field w-full" />
      </Field>
      <div className="grid grid-cols-2 gap-4">
        <Field name="Currency">
          <input
            name="currency"
            pattern="[A-Za-z]{3}"
            title="three letters, such as EUR"
            defaultValue={supplier?.currency ?? "EUR"}
            className="field w-full uppercase"
          />
        </Field>
        <Field name="Days to deliver">
          <input
            name="leadTimeDays"
            type="number"
            min="0"
            max="365"
            defaultValue={supplier?.leadTimeDays}
            className="field w-full text-right"
          />
        </Field>
      </div>
      <div className="flex justify-end gap-2">
        {supplier && archive.may && (
          <Button look="risky" onClick={() => remove(supplier.id)}>
            Archive
          </Button>
        )}
        <Button type="submit" look="main" disabled={create.busy || update.busy}>
          {supplier ? "Save" : "Add"}
        </Button>
      </div>
    </form>
  );
}

/** The fields that were filled in. */
const present = <T extends object>(fields: T) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { [Name in keyof T]?: NonNullable<T[Name]> };
