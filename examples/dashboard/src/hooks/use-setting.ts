import { useState } from "react";

/** A number that this browser remembers. Where nothing may be kept, it lasts as long as the page. */
export function useSetting(name: string, initial: number): readonly [number, (next: number) => void] {
  const [value, setValue] = useState(() => read(name) ?? initial);
  const change = (next: number) => {
    setValue(next);
    write(name, next);
  };
  return [value, change];
}

const prefix = "onhand.";

function read(name: string): number | undefined {
  try {
    const text = localStorage.getItem(prefix + name);
    const value = Number(text);
    return text === null || !Number.isFinite(value) ? undefined : value;
  } catch {
    return undefined;
  }
}

function write(name: string, value: number): boolean {
  try {
    localStorage.setItem(prefix + name, String(value));
    return true;
  } catch {
    return false;
  }
}
