/** `zeromq-ts`: every name, and for `import zmq from`, which in zeromq.js' CommonJS is all of it, the whole. */
export * from "../index.ts";
export * as default from "../index.ts";
