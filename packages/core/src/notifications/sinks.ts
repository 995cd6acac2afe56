import type { Notification, NotificationSink } from "../ports/notification-sink";
import { longText, shortText } from "./text";

/** What {@link webhookSink} takes. */
export interface WebhookSinkOptions {
  readonly url: string;
  /** Signs each delivery, so that the receiver knows who sent it. */
  readonly secret?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The platform's own unless given. */
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Posts notifications as JSON. Anything but a 2xx answer counts as not delivered.
 *
 * `onhand-delivery` names the delivery, the same when it is repeated. With a secret, `onhand-signature` is `sha256=` and the HMAC of the delivery's
 * name, a full stop and the body, in hexadecimal.
 *
 * @example
 * const sink = webhookSink({ url: "https://erp.example/stock-alerts", secret: process.env.ALERTS_SECRET ?? "" });
 */
export function webhookSink({ url, secret, headers = {}, fetch = globalThis.fetch }: WebhookSinkOptions): NotificationSink {
  const target = new URL(url).href;
  if (secret === "") throw new TypeError("an empty secret signs nothing; leave it out or set it");
  return {
    async send(notification, signal) {
      const body = JSON.stringify(notification);
      const signature = secret === undefined ? undefined : await sign(secret, `${notification.id}.${body}`);
      const answer = await fetch(target, {
        method: "POST",
        body,
        signal,
        headers: {
          ...headers,
          "content-type": "application/json",
          "onhand-delivery": notification.id,
          ...(signature !== undefined && { "onhand-signature": `sha256=${signature}` }),
        },
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`the webhook answered ${answer.status}`);
    },
  };
}

async function sign(secret: string, text: string): Promise<string> {
  const utf8 = new TextEncoder();
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", utf8.encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const signature = new Uint8Array(await subtle.sign("HMAC", key, utf8.encode(text)));
  return Array.from(signature, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** What a mail is sent with: nodemailer's transporter has this shape. */
export interface MailTransport {
  /** Hands a mail over; rejects when it was not taken. */
  sendMail(mail: { from: string; to: string; subject: string; text: string; messageId: string }): Promise<unknown>;
}

/** What {@link mailSink} takes. */
export interface MailSinkOptions {
  /** The host's own, such as `nodemailer.createTransport(…)`. */
  readonly transport: MailTransport;
  readonly from: string;
  readonly to: string | readonly string[];
  /** Its host's part names the mails: a delivery repeated has the same `Message-ID`. */
  readonly domain?: string;
  /** The first alert and how many more, unless given. */
  readonly subject?: (notification: Notification) => string;
  /** A line for each alert, unless given. */
  readonly text?: (notification: Notification) => string;
}

/**
 * Sends notifications as mail through the host's own transporter.
 *
 * @example
 * const sink = mailSink({ transport: nodemailer.createTransport(smtp), from: "stock@shop.example", to: ["buying@shop.example"] });
 */
export function mailSink({
  transport,
  from,
  to,
  domain = "onhand.invalid",
  subject = shortText,
  text = longText,
}: MailSinkOptions): NotificationSink {
  const recipients = typeof to === "string" ? to : to.join(", ");
  return {
    async send(notification) {
      await transport.sendMail({
        from,
        to: recipients,
        // A SKU may hold what ends a header line.
        subject: subject(notification).replace(/\p{Cc}+/gu, " "),
        text: text(notification),
        messageId: `<${notification.id}@${domain}>`,
      });
    },
  };
}

/**
 * Hands a short text to the host, who knows how to send it: an SMS, a chat, a pager.
 *
 * @param send - delivers, or rejects. `key` is the same when a delivery is repeated.
 * @example
 * const sink = textSink(({ text, key }) => sms.send({ to: "+49 30 1234567", text, idempotencyKey: key }));
 */
export const textSink = (
  send: (message: { readonly text: string; readonly key: string }, signal: AbortSignal) => Promise<unknown>,
): NotificationSink => ({
  async send(notification, signal) {
    await send({ text: shortText(notification), key: notification.id }, signal);
  },
});
