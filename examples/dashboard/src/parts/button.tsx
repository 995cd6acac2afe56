import type { ButtonHTMLAttributes } from "react";

const looks = {
  main: "bg-accent text-accent-ink font-semibold hover:opacity-90",
  plain: "border border-line bg-card hover:bg-well",
  quiet: "text-soft hover:bg-well hover:text-ink",
  risky: "border border-line text-bad hover:bg-bad-well",
} as const;

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly look?: keyof typeof looks };

/** The look of a button, for links that are one to the eye. */
export const buttonLook = (look: keyof typeof looks = "plain"): string =>
  `inline-flex h-9 shrink-0 items-center justify-center gap-1.5 whitespace-nowrap rounded-lg px-3 text-sm transition-[opacity,background] disabled:opacity-50 ${looks[look]}`;

export function Button({ look = "plain", className = "", type = "button", ...rest }: ButtonProps) {
  return <button type={type} className={`${buttonLook(look)} ${className}`} {...rest} />;
}
