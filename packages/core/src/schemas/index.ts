export { commandSchemas } from "../api/create-inventory";
export { answerSchemas } from "./answers";
export { entitySchemas } from "./entities";
export { type JsonSchema, jsonSchemaOf, type Side } from "./json-schema";
export { querySchemas } from "./queries";
