import assert from "node:assert/strict";
import { test } from "node:test";
import { ContextOptionStore, type ContextProperties } from "../../src/options/context-options.ts";

test("a new context has libzmq's defaults", () => {
  assert.deepEqual(new ContextOptionStore().snapshot(), {
    ioThreads: 1,
    background: false,
    maxSockets: 1023,
    maxSocketsLimit: 65_535,
    threadPriority: -1,
    threadSchedulingPolicy: -1,
    maxMessageSize: 2_147_483_647,
    messageSize: 64,
    threadAffinityCpuAdd: -1,
    threadAffinityCpuRemove: -1,
    threadNamePrefix: null,
    zeroCopyReceive: true,
    ipv6: false,
    blocky: true,
  });
});

test("context options are checked as libzmq checks them", () => {
  const options = new ContextOptionStore();
  assert.throws(() => options.set("ioThreads", -1), { code: "EINVAL" });
  assert.throws(() => options.set("maxSockets", 0), { code: "EINVAL" });
  assert.throws(() => options.set("maxSocketsLimit", 1), { code: "EINVAL" });
  assert.throws(() => options.set("blocky", 1), { message: /^Option value must be a boolean/ });
  options.set("maxSockets", 70_000);
  assert.equal(options.get("maxSockets"), 70_000);
});

test("test_ctx_options/test_ctx_option_msg_t_size, test_ctx_zero_copy: are what they are in libzmq, and zero copy is kept", () => {
  const options = new ContextOptionStore();
  assert.equal(options.get("messageSize"), 64);
  assert.throws(() => options.set("messageSize", 32), { code: "EINVAL" });
  for (const value of [false, true]) {
    options.set("zeroCopyReceive", value);
    assert.equal(options.get("zeroCopyReceive"), value);
  }
});

test("only maxSocketsLimit is read-only in the types", () => {
  const context: Pick<ContextProperties, "ioThreads" | "maxSocketsLimit"> = { ioThreads: 1, maxSocketsLimit: 1 };
  context.ioThreads = 2;
  // @ts-expect-error read-only
  context.maxSocketsLimit = 2;
  assert.equal(context.ioThreads, 2);
});
