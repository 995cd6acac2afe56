import type { Target } from "./target";
export function serverTarget(_url: string): Target {
  throw new Error("not yet");
}
