/** `zeromq-ts/wire`: as the main module, by name and as a whole. */
export * from "../wire/index.ts";
export * as default from "../wire/index.ts";
