import { type Authorize, InventoryError, type Logger } from "@onhand/core";
import { commandSchemas } from "@onhand/core/schemas";
import { problemFor } from "@onhand/transport-adapters/http";
import { type Context, Hono } from "hono";
import { bearerToken, type Identify } from "../access";

const actions = Object.keys(commandSchemas);

/**
 * Tells whoever asks who they are and which commands are open to them, so that a page has no button that would be refused. It is a
 * courtesy: every command is judged anew, with what it is about.
 */
export function createPermissionsApi(hooks: { readonly identify: Identify; readonly authorize: Authorize; readonly logger: Logger }): Hono {
  const { identify, authorize, logger } = hooks;
  const api = new Hono();
  api.onError((error) => problemFor(error, { logger }));
  api.get("/", async (context: Context) => {
    const actor = await identify(bearerToken(context.req.header("Authorization")));
    if (!actor) throw new InventoryError("UNAUTHENTICATED", {});
    const answers = await Promise.all(actions.map((action) => authorize(actor, action, {})));
    context.header("Cache-Control", "no-store");
    return context.json({ id: actor.id, actions: actions.filter((_, index) => answers[index] === true) });
  });
  return api;
}
