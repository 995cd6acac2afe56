/** How much of something is done. The words beside it say the same. */
export function Progress({ share }: { readonly share: number }) {
  return (
    <span aria-hidden className="block h-1.5 w-full overflow-hidden rounded-full bg-well">
      <span className="block h-full origin-left rounded-full bg-good-fill" style={{ transform: `scaleX(${share})` }} />
    </span>
  );
}
