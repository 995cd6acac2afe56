export type { Authenticate, Credentials, LinkRequest } from "../shared/options";
export { type ApiKeyRecord, type ApiKeysOptions, apiKeys, createApiKey } from "./api-keys";
export { type BearerTokensOptions, bearerTokens, type Claims } from "./bearer-tokens";
export { firstOf } from "./first-of";
export { requestAuthenticator } from "./request-authenticator";
export { type SessionOf, sessions } from "./sessions";
