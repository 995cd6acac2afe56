import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { useCatalogue, useDesk } from "../desk";
import { useAction } from "../hooks/use-action";
import { Button, buttonLook } from "../parts/button";
import { Field } from "../parts/field";
import { MayNot } from "../parts/may-not";
import { Page } from "../parts/page";
import { PlaceSelect } from "../parts/place-select";

/** Starts a sheet: which store, all of it or a category, and whether whoever counts may see what should be there. */
export function NewCountPage() {
  const chosen = useDesk().storeId;
  const [storeId, setStoreId] = useState(chosen ?? "");
  const { products } = useCatalogue();
  const categories = [...new Set(products.flatMap(({ category }) => (category === undefined ? [] : [category])))].toSorted();
  const [, goTo] = useLocation();
  const start = useAction("counts.start", "The count was not started");

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const category = String(form.get("category"));
    const started = await start.run(
      { storeId, blind: form.has("blind"), ...(category !== "" && { category }) },
      "Started: scan, count, Enter",
    );
    if (started) goTo(`/counts/${started.count.id}`);
  }

  return (
    <Page title="Start a count">
      <MayNot may={start.may} />
      <form onSubmit={submit} className="max-w-xl space-y-4">
        <Field name="Store">
          <PlaceSelect name="store" value={storeId} onChoose={setStoreId} />
        </Field>
        <Field name="What">
          <select name="category" className="field w-full py-0">
            <option value="">Everything that should be there</option>
            {categories.map((category) => (
              <option key={category}>{category}</option>
            ))}
          </select>
        </Field>
        <label className="flex items-start gap-3 text-sm">
          <input type="checkbox" name="blind" defaultChecked className="mt-0.5 size-4 accent-accent" />
          <span>
            <span className="font-medium">Blind</span>
            <span className="block text-soft">Whoever counts is not told how many there should be.</span>
          </span>
        </label>
        <div className="flex justify-end gap-2">
          <Link href="/counts" className={buttonLook("quiet")}>
            Back
          </Link>
          <Button type="submit" look="main" disabled={storeId === "" || start.busy || !start.may}>
            Start
          </Button>
        </div>
      </form>
    </Page>
  );
}
