import { toast } from "sonner";
import type { Report } from "./model/report";

/** Tells it, for a few seconds and to screen readers. */
export const say = ({ kind, text, description }: Report) => toast[kind](text, description === undefined ? {} : { description });
