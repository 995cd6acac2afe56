// What a page loads to reach a server over WebSocket, or event streams where those are blocked.
export * as fallback from "@onhand/transport-adapters/fallback";
export * as sse from "@onhand/transport-adapters/sse/client";
export * as ws from "@onhand/transport-adapters/ws/client";
