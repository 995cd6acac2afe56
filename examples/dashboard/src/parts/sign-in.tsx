import { useConnection, useInventoryClient } from "@onhand/react";
import { LockKeyhole } from "lucide-react";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { fetchWayIn, signIn, type WayIn } from "../model/session";
import { keepToken, readToken } from "../model/token";

/** Asks for what the server wants: its token, or a name and a password. */
export function SignIn() {
  const client = useInventoryClient();
  const wanted = useConnection(({ status }) => status === "needs-auth");
  const dialog = useRef<HTMLDialogElement>(null);
  const [wayIn, setWayIn] = useState<WayIn>();
  useEffect(() => {
    if (!wanted) {
      dialog.current?.close();
      return;
    }
    dialog.current?.showModal();
    fetchWayIn().then(setWayIn, () => setWayIn("token"));
  }, [wanted]);

  const submitToken = (event: FormEvent<HTMLFormElement>) => {
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
      {wanted && wayIn === "password" && <PasswordForm onSignedIn={() => client.authenticate()} />}
      {wanted && wayIn === "token" && <TokenForm onSubmit={submitToken} />}
    </dialog>
  );
}

function PasswordForm({ onSignedIn }: { readonly onSignedIn: () => void }) {
  const [problem, setProblem] = useState<string>();
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const entered = new FormData(event.currentTarget);
    const told = await signIn(String(entered.get("username")).trim(), String(entered.get("password"))).catch(
      () => "The server can't be reached.",
    );
    setProblem(told);
    if (told === undefined) onSignedIn();
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <h2 id="sign-in" className="flex items-center gap-2 font-semibold text-lg">
        <LockKeyhole size={18} aria-hidden className="text-accent" /> Sign in
      </h2>
      <p role="status" className="text-sm text-soft">
        {problem ?? "This inventory is for those who have a name here."}
      </p>
      <label className="block space-y-1.5 text-sm">
        <span className="font-medium">Name</span>
        <input name="username" required autoComplete="username" className="field w-full" />
      </label>
      <label className="block space-y-1.5 text-sm">
        <span className="font-medium">Password</span>
        <input name="password" type="password" required autoComplete="current-password" className="field w-full" />
      </label>
      <button type="submit" className="h-10 w-full rounded-lg bg-accent font-medium text-accent-ink hover:opacity-90">
        Sign in
      </button>
    </form>
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
