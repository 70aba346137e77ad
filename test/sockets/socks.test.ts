import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Dealer, Pull, Push, Router } from "../../src/index.ts";
import { bound, nobody } from "../support/places.ts";
import { sockets } from "../support/sockets.ts";
import { SocksProxy } from "../support/socks-proxy.ts";
import { next } from "../support/texts.ts";
import { Watch } from "../support/watch.ts";
import { zmqError } from "../support/zmq-error.ts";

const LOGIN = { username: "someuser", password: "somepass" };

describe("socksProxy", () => {
  test("test_socks/test_socks_proxy_options, test_socks_userpass_options: texts that are kept, and null again", (t) => {
    const push = sockets(t)(new Push());
    assert.deepEqual([push.socksProxy, push.socksUsername, push.socksPassword], [null, null, null]);
    push.socksProxy = "somehost:1080";
    push.socksProxy = "[::1]:1080";
    assert.equal(push.socksProxy, "[::1]:1080");
    push.socksProxy = "";
    assert.equal(push.socksProxy, null);
    push.socksUsername = "someuser";
    push.socksPassword = "x".repeat(255);
    push.socksUsername = null;
    assert.equal(push.socksUsername, null);
    assert.throws(() => (push.socksPassword = "x".repeat(256)), zmqError("EINVAL", "socksPassword"));
    for (const bad of ["host", "socks5://host:1080", "host:port", ":1", "host:123456"]) {
      assert.throws(() => (push.socksProxy = bad), zmqError("EINVAL", "socksProxy"), bad);
    }
  });

  for (const [name, manners] of [
    ["test_socks", {}],
    ["test_socks_delay", { slow: true }],
    ["a proxy that tells a name", { kind: 3 }],
    ["a proxy that tells an IPv6 address", { kind: 4, slow: true }],
  ] as const) {
    test(`test_socks/${name}: messages go through the proxy, both ways, large ones too`, async (t) => {
      const use = sockets(t);
      const proxy = await SocksProxy.start(t, manners);
      const [router, dealer] = [use(new Router()), use(new Dealer({ socksProxy: proxy.address }))];
      const address = bound(router, "tcp");
      dealer.connect(address);
      await dealer.send("hello");
      const [id, hello] = await router.receive({ timeout: 5000 });
      assert.equal(String(hello), "hello");
      const large = Buffer.alloc(1_000_000, 7);
      await router.send([id as Buffer, large]);
      assert.ok((await dealer.receive({ timeout: 5000 }))[0]?.equals(large));
      assert.deepEqual(proxy.targets, [address.slice("tcp://".length)]);
    });
  }

  test("test_socks/test_socks_no_socks: without the option nothing asks the proxy", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    push.connect(bound(pull, "tcp"));
    await push.send("direct");
    assert.deepEqual(await next(pull), ["direct"]);
    assert.equal(proxy.connections, 0);
  });

  test("test_socks/test_socks_domainname, test_socks_ipv6, test_socks_ipv6_sb: the proxy looks the target up", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t);
    const pull = use(new Pull());
    const port = bound(pull, "tcp").split(":")[2];
    for (const [host, named] of [
      ["somedomainname.example", "somedomainname.example"],
      ["[::1]", "::1"],
      ["::1", "::1"],
    ]) {
      const push = use(new Push({ socksProxy: proxy.address }));
      push.connect(`tcp://${host}:${port}`);
      await push.send(named ?? "");
      assert.deepEqual(await next(pull), [named]);
      assert.equal(proxy.targets.at(-1), `${named}:${port}`);
    }
  });

  test("test_socks/test_socks_bind_before_connect: the option stays with connections that were made, and bind is not proxied", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t);
    const [push, pull] = [use(new Push()), use(new Pull())];
    push.socksProxy = proxy.address;
    push.bindSync("tcp://127.0.0.1:*");
    pull.connect(push.lastEndpoint ?? "");
    await push.send("bound");
    assert.deepEqual(await next(pull), ["bound"]);
    assert.equal(proxy.connections, 0);
  });

  for (const [name, login, manners] of [
    ["test_socks_basic_auth", LOGIN, {}],
    ["test_socks_basic_auth_delay", LOGIN, { slow: true }],
    ["test_socks_basic_auth_empty_pass", { username: "someuser", password: "" }, {}],
  ] as const) {
    test(`test_socks/${name}: shows user name and password to a proxy that wants them`, async (t) => {
      const use = sockets(t);
      const proxy = await SocksProxy.start(t, { login, ...manners });
      const { username: socksUsername, password: socksPassword } = login;
      const push = use(new Push({ socksProxy: proxy.address, socksUsername, socksPassword }));
      const pull = use(new Pull());
      push.connect(bound(pull, "tcp"));
      await push.send("let in");
      assert.deepEqual(await next(pull), ["let in"]);
      assert.deepEqual(proxy.logins, [`${login.username}/${login.password}`]);
    });
  }

  test("test_socks/test_socks_basic_auth_empty_user, _null_user: without a user name none is offered", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t, { login: LOGIN });
    for (const socksUsername of ["", null]) {
      const push = use(new Push({ socksProxy: proxy.address, socksUsername, socksPassword: "somepass", linger: 0 }));
      const watch = new Watch(push);
      push.connect("tcp://127.0.0.1:9");
      const { error, address } = await watch.first("close");
      zmqError("EACCES", "socksUsername")(error);
      assert.equal(address, "tcp://127.0.0.1:9", "events tell the target, not the proxy");
    }
    assert.deepEqual(proxy.logins, []);
  });

  test("a wrong password is told, without the password, and tried again", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t, { login: LOGIN });
    const options = { socksProxy: proxy.address, socksUsername: "someuser", socksPassword: "wrong-one" };
    const push = use(new Push({ ...options, reconnectInterval: 5, linger: 0 }));
    const watch = new Watch(push);
    push.connect("tcp://127.0.0.1:9");
    const { error, reason } = await watch.first("close");
    zmqError("EACCES", "does not know")(error);
    assert.ok(!JSON.stringify([reason, error]).includes("wrong-one"));
    await watch.nth("connect:retry", 2);
    await watch.nth("close", 2);
  });

  for (const [reply, code] of [
    [1, "EPROTO"],
    [2, "EACCES"],
    [3, "ENETUNREACH"],
    [4, "EHOSTUNREACH"],
    [5, "ECONNREFUSED"],
    [6, "ETIMEDOUT"],
    [7, "ENOTSUP"],
    [8, "EAFNOSUPPORT"],
  ] as const) {
    test(`a proxy's refusal ${reply} is an event with ${code}, and the next attempt follows`, async (t) => {
      const push = sockets(t)(new Push({ reconnectInterval: 5, linger: 0 }));
      const proxy = await SocksProxy.start(t, { reply });
      const watch = new Watch(push);
      push.socksProxy = proxy.address;
      push.connect("tcp://127.0.0.1:9");
      const { error } = await watch.first("close");
      zmqError(code, "SOCKS proxy")(error);
      await watch.first("connect:retry");
      await watch.nth("close", 2);
      assert.equal(watch.of("connect").length, 0);
    });
  }

  for (const [what, says, code] of [
    ["speaks HTTP", "HTTP/1.1 400 Bad Request\r\n\r\n", "EPROTO"],
    ["hangs up", "", "ECONNRESET"],
    ["hangs up in the middle", "\x05", "ECONNRESET"],
  ] as const) {
    test(`a proxy that ${what} is an event with ${code}`, async (t) => {
      const proxy = await SocksProxy.start(t, { says });
      const push = sockets(t)(new Push({ socksProxy: proxy.address, linger: 0 }));
      const watch = new Watch(push);
      push.connect("tcp://127.0.0.1:9");
      zmqError(code)((await watch.first("close")).error);
    });
  }

  for (const limit of [{ connectTimeout: 30 }, { handshakeInterval: 30 }]) {
    test(`a proxy that says nothing is given up after ${Object.keys(limit)[0]}`, async (t) => {
      const proxy = await SocksProxy.start(t, { mute: true });
      const push = sockets(t)(new Push({ socksProxy: proxy.address, linger: 0, ...limit }));
      const watch = new Watch(push);
      push.connect("tcp://127.0.0.1:9");
      zmqError("ETIMEDOUT", "30 ms")((await watch.first("close")).error);
    });
  }

  test("a proxy that is not there is an event, and closing ends an attempt under way", async (t) => {
    const use = sockets(t);
    const gone = use(new Push({ socksProxy: nobody("tcp").slice(6), linger: 0 }));
    const watch = new Watch(gone);
    gone.connect("tcp://127.0.0.1:9");
    zmqError("ECONNREFUSED")((await watch.first("close")).error);
    const proxy = await SocksProxy.start(t, { mute: true });
    const push = use(new Push({ socksProxy: proxy.address, linger: 0 }));
    push.connect("tcp://127.0.0.1:9");
    push.close();
    await push.ended();
  });

  test("a connection that was lost is made through the proxy again", async (t) => {
    const use = sockets(t);
    const proxy = await SocksProxy.start(t);
    const push = use(new Push({ socksProxy: proxy.address, reconnectInterval: 5 }));
    const first = use(new Pull());
    const address = bound(first, "tcp");
    push.connect(address);
    await push.ready({ timeout: 5000 });
    const watch = new Watch(push);
    first.close();
    await watch.first("disconnect");
    const second = use(new Pull());
    second.bindSync(address);
    await push.send("again");
    assert.deepEqual(await next(second), ["again"]);
    assert.ok(proxy.targets.length >= 2);
  });
});
