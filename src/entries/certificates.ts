/** `zeromq-ts/certificates`: as the main module, by name and as a whole. */
export * from "../certificates.ts";
export * as default from "../certificates.ts";
