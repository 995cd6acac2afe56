import { createHttpHandler } from "@onhand/transport-adapters/http";
import { openInventory } from "../../../inventory";

const handler = async () =>
  createHttpHandler({
    inventory: await openInventory(),
    basePath: "/api",
    authenticate: (request) => (request.headers.get("authorization") === "Bearer clerk" ? { id: "clerk" } : undefined),
    authorize: (actor) => actor !== undefined,
  });
let made: ReturnType<typeof handler> | undefined;

async function handle(request: Request): Promise<Response> {
  made ??= handler().catch((error: unknown) => {
    made = undefined;
    throw error;
  });
  return (await made)(request);
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
