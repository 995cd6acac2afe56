import { useMe } from "../hooks/use-permissions";

/** Says why a form can't be sent by whoever is signed in; nothing while they may, or while that is not known. */
export function MayNot({ may }: { readonly may: boolean }) {
  const me = useMe();
  if (may || me === undefined) return null;
  return <p className="rounded-xl bg-warn-well px-4 py-3 text-sm text-warn">You are signed in as {me}, who may look but not do this.</p>;
}
