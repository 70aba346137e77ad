/**
 * What differs from zeromq.js 6 and can't be derived from tables, by the name of a row of docs/compatibility.md: what is
 * different, and why. A remark that begins with + is about something that is there beside what zeromq.js has. A row that
 * has no remark, and whose values agree, is the same.
 */

/** Exports and members. */
export const NAMES = {
  "zeromq/draft": "No process warning when it is loaded: these classes are here to stay. `Peer` and `Channel` beside.",
  Socket: "Called without `new`, the error's text is V8's own. Can be constructed with a type's number, as there.",
  "Socket.bind": "Does not block other calls on the socket meanwhile (`EBUSY` there).",
  "Socket.unbind": "+Takes the address as it was given, too, with its wildcards.",
  "Socket.unbindSync": "Unbinds; there it binds.",
  "Socket.send":
    "On sockets that send only. Another call while one waits takes its turn (`EBUSY` there). `DataView` and " +
    "`SharedArrayBuffer` are sent as bytes. Takes `{ signal, timeout }`, so that a second argument is no error.",
  "Socket.receive":
    "On sockets that receive only. Another call while one waits takes its turn (`EBUSY` there). Takes `{ signal, timeout }`.",
  "Socket.join": "On `Dish` only; on others it throws `ENOTSUP` there.",
  "Socket.leave": "On `Dish` only; on others it throws `ENOTSUP` there.",
  "Socket.context": "+Is still there after `close()`.",
  "Socket.events": "+Can still be read after `close()`.",
  "Observer.emitter": "Not there: private in the types of zeromq.js.",
  "Observer.receive": "Another call while one waits takes its turn (`EBUSY` there). Takes `{ signal, timeout }`.",
  "Observer.on": "Returns the observer, not an inner emitter.",
  "Observer.off": "Returns the observer, not an inner emitter.",
  "Proxy.run": "Runs in the event loop, not in a pool of four threads; the sockets are not blocked.",
};

/** Options whose values agree, or whose difference needs another reason than the generated one. */
export const OPTIONS = {
  routingId: "As there, it reads as text; but not cut at the first zero byte.",
  tcpAcceptFilter: "+Can be read (`EINVAL` there).",
  mandatory:
    "Can be read (`EINVAL` there). With no peer at all, `send` rejects with `EHOSTUNREACH`; there it waits for ever.",
};

export const CONTEXT_OPTIONS = {
  maxMessageSize: "", // kept without effect there too
};

/** Events that say more, or come at another time. */
export const EVENTS = {
  "bind:error": "No `close` event follows it.",
  disconnect: "+Its `reason` and `error` say why.",
  close: "+After a failed attempt to connect, its `reason` and `error` say why.",
};

/** Errors that come in other cases. */
export const ERRORS = {
  EBUSY:
    "Only for a proxy that runs already and a second `onMessage`: calls that there are refused wait their turn here.",
  ENOTSOCK:
    "For pending calls of an observer that is closed. Options of a closed socket can be read (`ENOTSOCK` there).",
  ENOTSUP: "For options that are refused and must not be ignored; methods that make no sense do not exist.",
};

/** What no table says, by kind. What zeromq.js' own tests take for granted is in here. */
export const OTHERS = {
  timing: [
    ["A message that can go at once is sent before `send` returns", ""],
    ["A message that is there is received at once; the promise is settled already", ""],
    [
      "A busy loop of sends or receives lets timers and I/O have their turn",
      "After 512 sends, and after 2048 receives (512 there); the call that waits for the loop is not counted as pending, so that " +
        "un-awaited sends in one turn never fail with `EBUSY`.",
    ],
    ["Timeouts: 0 tries once, -1 waits for ever, other values are ms and end with `EAGAIN`", ""],
    ["`close()` ends pending calls with `EAGAIN`, and loops over messages without an error", ""],
    ["`close()` frees addresses", "At once; there, when an I/O thread gets to it."],
    ["`connect` to an address where nobody is retries for ever, and every `reconnectInterval`", ""],
    ["Idle sockets do not hold the process; pending calls, and observers that are read, do", ""],
    [
      "A pending `receive` on a socket that nobody references goes on",
      "There, the garbage collector may end it with `EAGAIN`.",
    ],
    ["At the end of the program, queued messages are sent for as long as `linger` says", ""],
    [
      "The warning after 500 ms of waiting for them",
      "+Goes on with which sockets wait, for whom, and for how many messages.",
    ],
    [
      "`process.exit()` with queued messages",
      "Sends to peers that are connected, as long as they take something every second; there it waits for others too. " +
        "What a program must not lose, it should `await socket.drain()`.",
    ],
    [
      "Sending and receiving go on while the program computes",
      "With `new Context({ background: true })`. Else they happen in the same thread: a program that blocks the event loop " +
        "answers no heartbeats.",
    ],
    ["The default context is shared with worker threads; inproc works between them", ""],
  ],
  behaviour: [
    ["Sent buffers: up to 128 bytes are copied, larger ones must not change until they are sent", ""],
    ["Received buffers over 128 bytes are not copied; over inproc they are the sender's memory", ""],
    [
      "Sockets and contexts are sealed; V8's texts for what can't be assigned",
      "The text names the class, not `Socket`.",
    ],
    ["`for await` may be left by `break`, and the socket stays open", ""],
    ["`version` is `4.3.5`", ""],
    ["`capability` holds only booleans", ""],
    [
      "`Object.keys` of the module is its twenty names",
      "There are more, `default` among them: for `import zmq from`, which works with either.",
    ],
    [
      "A second peer of a `Pair`, or with a routing id that is in use",
      "Is told why and disconnected; there it is connected, and deaf.",
    ],
    ["Sockets whose types can't talk, over inproc", "Are refused with an event; there they are joined."],
    ["Subscriptions beyond `sendHighWaterMark`", "Are not lost."],
    [
      "Draft sockets that wait",
      "Use no processor time; there they poll (SERVER, CLIENT, RADIO, DISH, SCATTER, GATHER).",
    ],
    ["Malformed datagrams", "Are dropped and counted; on some of them libzmq 4.3.5 aborts the process."],
  ],
  transport: [
    ["`ws://`", "Is not there; zeromq.js' binaries for Linux have it."],
    [
      "`tipc://`, `pgm://`, `epgm://`, `norm://`, `vmci://`, GSSAPI",
      "Are not there; neither in most builds of zeromq.js.",
    ],
    ["`ipc://` on Windows", "Is a named pipe, which only programs with this library find; zeromq.js has none there."],
  ],
  // Exports, constants and option names are compared by test/compat/same.test.ts.
  "v5-compat": [
    ["`socket`, `createSocket`, `Socket`, `Context`, `proxy`, `curveKeypair`, `version`, `options`", ""],
    ["73 `ZMQ_…` constants, `STATE_…`", ""],
    ["bind, connect, disconnect, subscribe, unsubscribe, setsockopt, getsockopt, pause, resume", ""],
    ["`unbindSync`", "Unbinds; there it binds."],
    ["`unmonitor`", "Ends the events without an error; `monitor()` may begin anew."],
    [
      "Messages before the first `message` listener, and after the last one left",
      "Wait for a listener, under the high-water mark; there they are lost.",
    ],
    [
      "A socket without listeners",
      "Does not hold the process unless it sends; there, every socket does that can receive.",
    ],
    [
      "`send` on a socket that can't, or after `close()`",
      "Tells its callback, or emits `error`; after `close()`, only if somebody listens. There it is an unhandled rejection, or " +
        "nothing at all, and no callback.",
    ],
    ["What `close()` finds unsent", "Every callback is told; there, only the first."],
    [
      "A callback that throws",
      "Is an uncaught exception, once; there it is called again with it, and sending may end.",
    ],
    ["`handover`, `mandatory`, the accept filter", "+Can be read by number too."],
    ["`bind_error`", "No `close` event follows it."],
  ],
};
