/** Who does something, as the host knows them. */
export interface Actor {
  readonly id: string;
  readonly [fact: string]: unknown;
}

/**
 * Decides whether someone may do something. `action` is a command's name (`stock.sell`) or `subscribe`/`read`;
 * `resource` is the command's input or what is asked for. Anything but `true` means no.
 *
 * {@link rolePolicy} is one that is ready to use.
 */
export type Authorize = (
  actor: Actor | undefined,
  action: string,
  resource: Readonly<Record<string, unknown>>,
) => boolean | Promise<boolean>;
