import { usePlaces } from "../desk";

interface PlaceSelectProps {
  readonly name: string;
  readonly value: string;
  readonly onChoose: (storeId: string) => void;
}

/** A choice among the stores in use. */
export function PlaceSelect({ name, value, onChoose }: PlaceSelectProps) {
  const places = usePlaces();
  return (
    <select name={name} required value={value} onChange={(event) => onChoose(event.target.value)} className="field w-full py-0">
      <option value="" disabled>
        Choose a store
      </option>
      {places.map(({ id, name: text }) => (
        <option key={id} value={id}>
          {text}
        </option>
      ))}
    </select>
  );
}
