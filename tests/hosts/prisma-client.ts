import type { PrismaPg } from "@prisma/adapter-pg";
import { type GetPrismaClientConfig, getPrismaClient } from "@prisma/client/runtime/client";

/** The part of the client that a shop with orders uses. */
interface Shop {
  readonly order: {
    create(row: { readonly data: { readonly id: number; readonly quantity: number } }): Promise<unknown>;
    findMany(query: { readonly orderBy: { readonly id: "asc" } }): Promise<readonly { readonly id: number }[]>;
  };
  $queryRaw<T>(text: TemplateStringsArray): Promise<T>;
}

/** A client of Prisma's for that shop. */
export interface PrismaShop extends Shop {
  $transaction(work: (tx: Shop) => Promise<void>, options?: { readonly timeout?: number }): Promise<void>;
  $disconnect(): Promise<void>;
}

const model = `generator client {
  provider = "prisma-client"
  output   = "./generated"
}

datasource db {
  provider = "postgresql"
}

model Order {
  id       Int @id
  quantity Int

  @@map("orders")
}
`;

const config: GetPrismaClientConfig = {
  previewFeatures: [],
  clientVersion: "7.10.0",
  engineVersion: "0edf323efd1d98336f3f0a68684b56f689b900d3",
  activeProvider: "postgresql",
  inlineSchema: model,
  runtimeDataModel: JSON.parse(
    '{"models":{"Order":{"fields":[{"name":"id","kind":"scalar","type":"Int"},{"name":"quantity","kind":"scalar","type":"Int"}],"dbName":"orders","schema":null}},"enums":{},"types":{}}',
  ),
  parameterizationSchema: {
    strings:
      "where Order.findUnique Order.findUniqueOrThrow orderBy cursor Order.findFirst Order.findFirstOrThrow Order.findMany data Order.createOne Order.createMany Order.createManyAndReturn Order.updateOne Order.updateMany Order.updateManyAndReturn create update Order.upsertOne Order.deleteOne Order.deleteMany having _count _avg _sum _min _max Order.groupBy Order.aggregate AND OR NOT id quantity equals in notIn lt lte gt gte not set increment decrement multiply divide".split(
        " ",
      ),
    graph:
      "JgsQBRwAAB8AMB0AAAQAEB4AAB8AMB8CAAAAASACACAAIQEAAAABACABAAAAAQAgBRwAAB8AMB0AAAQAEB4AAB8AMB8CACAAISACACAAIQADAAAABAAgAwAABQAwBAAAAQAgAwAAAAQAIAMAAAUAMAQAAAEAIAMAAAAEACADAAAFADAEAAABACACHwIAAAABIAIAAAABAQgAAAkAIAIfAgAAAAEgAgAAAAEBCAAACwAwAQgAAAsAMAIfAgAmACEgAgAmACECAAAAAQAgCAAADgAgAh8CACYAISACACYAIQIAAAAEACAIAAAQACACAAAABAAgCAAAEAAgAwAAAAEAIA8AAAkAIBAAAA4AIAEAAAABACABAAAABAAgBRUAACEAIBYAACIAIBcAACUAIBgAACQAIBkAACMAIAUcAAAaADAdAAAXABAeAAAaADAfAgAbACEgAgAbACEDAAAABAAgAwAAFgAwFAAAFwAgAwAAAAQAIAMAAAUAMAQAAAEAIAUcAAAaADAdAAAXABAeAAAaADAfAgAbACEgAgAbACENFQAAHQAgFgAAHgAgFwAAHQAgGAAAHQAgGQAAHQAgIQIAAAABIgIAAAAEIwIAAAAEJAIAAAABJQIAAAABJgIAAAABJwIAAAABKAIAHAAhDRUAAB0AIBYAAB4AIBcAAB0AIBgAAB0AIBkAAB0AICECAAAAASICAAAABCMCAAAABCQCAAAAASUCAAAAASYCAAAAAScCAAAAASgCABwAIQghAgAAAAEiAgAAAAQjAgAAAAQkAgAAAAElAgAAAAEmAgAAAAEnAgAAAAEoAgAdACEIIQgAAAABIggAAAAEIwgAAAAEJAgAAAABJQgAAAABJggAAAABJwgAAAABKAgAHgAhBRwAAB8AMB0AAAQAEB4AAB8AMB8CACAAISACACAAIQghAgAAAAEiAgAAAAQjAgAAAAQkAgAAAAElAgAAAAEmAgAAAAEnAgAAAAEoAgAdACEAAAAAAAUpAgAAAAEqAgAAAAErAgAAAAEsAgAAAAEtAgAAAAEAAAAABRUABhYABxcACBgACRkACgAAAAAABRUABhYABxcACBgACRkACgECAQIDAQUGAQYHAQcIAQkKAQoMAgsNAwwPAQ0RAg4SBBETARIUARMVAhoYBRsZCw",
  },
  compilerWasm: {
    // @ts-expect-error: it comes without types.
    getRuntime: () => import("@prisma/client/runtime/query_compiler_fast_bg.postgresql.mjs"),
    async getQueryCompilerWasmModule() {
      // @ts-expect-error: it comes without types.
      const { wasm } = await import("@prisma/client/runtime/query_compiler_fast_bg.postgresql.wasm-base64.mjs");
      return new WebAssembly.Module(Buffer.from(wasm, "base64"));
    },
    importName: "./query_compiler_fast_bg.js",
  },
};

/**
 * What `prisma generate` (7.10.0) writes for the model above, without its two thousand lines of types. It is written down here because Prisma's
 * generator comes with two hundred packages, and with an engine from a server of its own that generating does not need.
 */
export const PrismaClient = getPrismaClient(config) as unknown as new (options: { readonly adapter: PrismaPg }) => PrismaShop;
