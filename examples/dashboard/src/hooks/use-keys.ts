import { type RefObject, useEffect } from "react";

/** Where keys lead that are typed into nothing. */
export interface KeyTargets {
  readonly scan?: RefObject<HTMLInputElement | null>;
  readonly search?: RefObject<HTMLInputElement | null>;
  readonly onHelp?: () => void;
}

/**
 * What a page has of these: `/` goes to the search, `?` opens the help, and letters and digits go to the scan field: a USB scanner types, and so
 * it works wherever the focus is.
 */
export function useKeys({ scan, search, onHelp }: KeyTargets): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target) || document.querySelector("dialog[open]")) return;
      // The key goes on to where the focus is by then, so no character of a scan is lost.
      if (/^[\p{L}\p{N}]$/u.test(event.key)) return scan?.current?.focus();
      if (event.key === "?" && onHelp) onHelp();
      else if (event.key === "/" && search) search.current?.select();
      else return;
      event.preventDefault();
    };
    document.addEventListener("keydown", onKeyDown);
    return () => document.removeEventListener("keydown", onKeyDown);
  }, [scan, search, onHelp]);
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLTextAreaElement;
