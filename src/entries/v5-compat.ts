/** `zeromq-ts/v5-compat`: as the main module, by name and as a whole. */
export * from "../compat/index.ts";
export * as default from "../compat/index.ts";
