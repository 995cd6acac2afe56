export { type DuckDbMirror, type DuckDbMirrorOptions, duckDbMirror, type MirrorVerification } from "./duckdb-mirror";
