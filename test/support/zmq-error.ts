import assert from "node:assert/strict";
import { ZmqError } from "../../src/index.ts";
import type { ErrorCode } from "../../src/base/errors.ts";

/** For assert.rejects and assert.throws: a ZmqError of that code whose text says all of `saying`. */
export function zmqError(code: ErrorCode, ...saying: string[]): (error: unknown) => true {
  return (error) => {
    assert.ok(error instanceof ZmqError, `not a ZmqError: ${String(error)}`);
    assert.equal(error.code, code, error.message);
    for (const words of saying) assert.ok(error.message.includes(words), `"${error.message}" lacks "${words}"`);
    return true;
  };
}
