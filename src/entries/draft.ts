/** `zeromq-ts/draft`: as the main module, by name and as a whole. */
export * from "../draft.ts";
export * as default from "../draft.ts";
