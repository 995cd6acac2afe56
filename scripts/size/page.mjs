// What a page loads that shows live stock of a server somewhere.
export * as client from "@onhand/client";
export * as react from "@onhand/react";
export * as ws from "@onhand/transport-adapters/ws/client";
