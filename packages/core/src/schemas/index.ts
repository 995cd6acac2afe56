export { commandSchemas } from "../api/commands";
export { type Parser, parser } from "../domain/shared/parse";
export { answerSchemas } from "./answers";
export { entitySchemas } from "./entities";
export { type JsonSchema, jsonSchemaOf, nothing, type Schema, type Side } from "./json-schema";
export { querySchemas } from "./queries";
