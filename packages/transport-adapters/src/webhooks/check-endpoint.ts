import type { WebhookEndpoint } from "./options";

const namePattern = /^[\w-]{1,64}$/;
const secretPattern = /^(?:whsec_)?([A-Za-z0-9+/]+={0,2})$/;
const ours = /^(?:content-|webhook-|host$|connection$|transfer-encoding$)/i;

/** @throws TypeError that says what is wrong; secrets and URLs are not repeated. */
export function checkEndpoint({ name, url, secrets, headers = {}, from = 0 }: WebhookEndpoint, allowPrivateNetwork: boolean): void {
  if (!namePattern.test(name)) throw new TypeError("an endpoint's name has 1 to 64 letters, digits, _ and -");
  const problem = urlProblem(url, allowPrivateNetwork);
  if (problem) throw new TypeError(`endpoint ${name}: ${problem}`);
  if (secrets.length === 0 || !secrets.every(isSecret))
    throw new TypeError(`endpoint ${name}: it needs secrets, each base64 of 24 to 64 bytes, with or without whsec_`);
  const reserved = Object.keys(headers).find((header) => ours.test(header));
  if (reserved !== undefined) throw new TypeError(`endpoint ${name}: the header ${reserved} is set for it`);
  if (!Number.isSafeInteger(from) || from < 0) throw new TypeError(`endpoint ${name}: from is a whole number, 0 or more`);
}

function urlProblem(url: string, allowPrivateNetwork: boolean): string | undefined {
  if (!URL.canParse(url)) return "its url is none";
  const { protocol, username, password } = new URL(url);
  if (protocol !== "https:" && !(allowPrivateNetwork && protocol === "http:")) return "its url must be https:";
  if (username !== "" || password !== "") return "its url must not hold credentials; use headers";
  return undefined;
}

function isSecret(secret: string): boolean {
  const bytes = Buffer.from(secretPattern.exec(secret)?.[1] ?? "", "base64").length;
  return bytes >= 24 && bytes <= 64;
}
