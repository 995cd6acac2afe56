// What a page loads that shows live stock and keeps an inventory of its own as well.
export * as client from "@onhand/client";
export * as core from "@onhand/core";
export * as react from "@onhand/react";
