import { describeTransport } from "@onhand/core/testing";
import { memoryTransport } from "./testing/memory-transport";

// Without sockets: what fails here is the hub, and what fails only elsewhere is a transport.
describeTransport("hub", { create: () => memoryTransport() });
