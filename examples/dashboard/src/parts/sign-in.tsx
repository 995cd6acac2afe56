import { useConnection, useInventoryClient } from "@onhand/react";
import { LockKeyhole } from "lucide-react";
import { type FormEvent, useEffect, useRef } from "react";
import { keepToken, readToken } from "../model/token";

/** Asks for the server's token when it wants one. */
export function SignIn() {
  const client = useInventoryClient();
  const wanted = useConnection(({ status }) => status === "needs-auth");
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (wanted) dialog.current?.showModal();
    else dialog.current?.close();
  }, [wanted]);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    keepToken(String(new FormData(event.currentTarget).get("token")).trim());
    client.authenticate();
  };

  return (
    <dialog
      ref={dialog}
      aria-labelledby="sign-in"
      onCancel={(event) => event.preventDefault()}
      className="m-auto w-[calc(100%-2rem)] max-w-sm rounded-2xl border border-line bg-card p-6 text-ink shadow-2xl"
    >
      {wanted && <TokenForm onSubmit={submit} />}
    </dialog>
  );
}

function TokenForm({ onSubmit }: { readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void }) {
  return (
    <form onSubmit={onSubmit} className="space-y-4">
      <h2 id="sign-in" className="flex items-center gap-2 font-semibold text-lg">
        <LockKeyhole size={18} aria-hidden className="text-accent" /> This inventory is closed
      </h2>
      <p className="text-sm text-soft">
        {readToken() === undefined ? "Enter the token the server was started with." : "The server doesn't know that token. Try again."}
      </p>
      <input name="username" autoComplete="username" value="onhand" readOnly hidden />
      <label className="block space-y-1.5 text-sm">
        <span className="font-medium">Token</span>
        <input name="token" type="password" required autoComplete="current-password" className="field w-full" />
      </label>
      <button type="submit" className="h-10 w-full rounded-lg bg-accent font-medium text-accent-ink hover:opacity-90">
        Open
      </button>
    </form>
  );
}
