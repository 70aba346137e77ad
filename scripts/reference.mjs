/**
 * The reference pages, as text, from the tables of compiled sources. Writes nothing (see docs.mjs), so that a test can
 * compare the pages with the tables.
 */

/** All pages, by file name. `base` is the URL of the compiled sources: build/src/. */
export async function pages(base) {
  const load = (file) => import(new URL(file, base).href);
  const { OPTIONS } = await load("options/table.js");
  const { CONTEXT_OPTIONS } = await load("options/context-options.js");
  const { NUMBERS } = await load("options/numbers.js");
  const { EVENTS, EVENT_FIELDS } = await load("observe/events.js");
  const { METRICS } = await load("observe/metrics.js");
  const { DROP_REASONS } = await load("observe/drops.js");
  const { ERRORS, PROTOCOL_ERRORS } = await load("base/errors.js");
  const { SOCKETS } = await load("sockets/index.js");
  return new Map([
    ["options.md", optionsPage(OPTIONS, CONTEXT_OPTIONS, NUMBERS)],
    ["events.md", eventsPage(EVENTS, EVENT_FIELDS)],
    ["metrics.md", metricsPage(METRICS)],
    ["errors.md", errorsPage(ERRORS, PROTOCOL_ERRORS)],
    ["drops.md", dropsPage(DROP_REASONS)],
    ["sockets.md", socketsPage(SOCKETS)],
  ]);
}

function optionsPage(socket, context, numbers) {
  return page(
    "Options",
    "Properties of sockets and contexts, also taken by their constructors. *Now* options act at once; *next* ones for " +
      "connections and listeners that a later `bind` or `connect` makes. Without a range, any value of the type is taken. " +
      "*No.* is libzmq's number; what has none is this library's own.",
    "## Sockets",
    table(["option", "values", "default", "acts", "on", "no.", "what it does"], entries(socket).map(optionCells)),
    "## Contexts",
    table(["option", "values", "default", "acts", "on", "no.", "what it does"], entries(context).map(optionCells)),
    "## Methods and state",
    "What libzmq has as options of a socket and is something else here. Subclasses reach it by number all the same.",
    table(["no.", "here", "on", "what it does"], Object.values(numbers).map(numberCells)),
    "## Not honoured",
    "Setting one of the first to anything but its default is the error named. The others are kept and read back, and " +
      "change nothing ([decision 40](../decisions/0040-options-honoured-kept-refused.md)).",
    table(["option", "no.", "error", "why"], entries(socket).filter(isRefused).map(refusedCells)),
    table(
      ["option", "no.", "kept without effect, because"],
      entries({ ...socket, ...context })
        .filter(isInert)
        .map(inertCells),
    ),
  );
}

function isRefused([, row]) {
  return row.refused !== undefined;
}

function isInert([, row]) {
  return row.inert !== undefined;
}

function refusedCells([name, row]) {
  return [code(row.property ?? name), row.number ?? "", code(row.refused.code), row.refused.why];
}

function inertCells([name, row]) {
  return [code(row.property ?? name), row.number ?? "", row.inert];
}

function numberCells(row) {
  const on = Array.isArray(row.on) ? row.on.join(", ") : row.on;
  const why = row.refused === undefined ? "" : ` **EINVAL:** ${row.refused}.`;
  return [row.number, row.here, on, row.doc + why];
}

function optionCells([name, row]) {
  const notes = [row.doc];
  if (row.inert !== undefined) notes.push(`**Kept without effect:** ${row.inert}.`);
  if (row.refused !== undefined) notes.push(`**Refused with ${row.refused.code}:** ${row.refused.why}.`);
  const when = row.access === "r" ? "read-only" : row.when === "live" ? "now" : "next";
  const on = Array.isArray(row.on) ? row.on.join(", ") : row.on;
  return [code(row.property ?? name), valuesOf(row), defaultsOf(row), when, on, numbersOf(row), notes.join(" ")];
}

/** libzmq's number, and its other names for the same thing. */
function numbersOf(row) {
  return [row.number ?? [], Object.keys(row.aliases ?? {})].flat().join(", ");
}

const TEXTUAL = {
  string: "text",
  bytes: "text or bytes",
  key: "40 characters of Z85, or 32 bytes",
  metadata: "object of texts",
};

function valuesOf(row) {
  const { type, min, max, choices } = row;
  if (type === "choice")
    return [null, ...Object.keys(choices)].map((choice) => code(JSON.stringify(choice))).join(", ");
  const unit = type in TEXTUAL ? "bytes" : row.unit;
  const range = [min === undefined ? "" : `from ${min}`, max === undefined ? "" : `to ${max}`]
    .filter(Boolean)
    .join(" ");
  const size = type in TEXTUAL && range === "" ? [] : [range, unit];
  return [TEXTUAL[type] ?? type, ...size].filter(Boolean).join(" ");
}

function defaultsOf(row) {
  const others = Object.entries(row.defaultFor ?? {}).map(
    ([type, value]) => `${code(JSON.stringify(value))} on ${type}`,
  );
  return [code(JSON.stringify(row.default)), ...others].join(", ");
}

function eventsPage(events, fields) {
  const cells = ([type, row]) => {
    const error = row.error === undefined ? [] : [`\`error\` (${row.error})`];
    const also = row.also.map((field) => `\`${field}\`?`);
    return [code(type), [...row.fields.map(code), ...error, ...also].join(", "), bit(row.bit), row.doc];
  };
  return page(
    "Events",
    "What `socket.events` tells. Fields marked ? are there when they are known. *Bit* is libzmq's.",
    table(["event", "fields", "bit", "when"], entries(events).map(cells)),
    "## Fields",
    table(
      ["field", "type", "what it is"],
      entries(fields).map(([name, row]) => [code(name), row.type, row.doc]),
    ),
  );
}

function metricsPage(metrics) {
  const cells = ([name, row]) => [
    code(name),
    row.kind,
    row.unit,
    row.per === "peer" ? "socket, peer" : "socket",
    row.doc,
  ];
  return page(
    "Metrics",
    "What is counted. At every instant, with drops by their [reasons](drops.md):",
    "    sent + generated = delivered + queued out + dropped out\n    received         = taken + queued in + dropped in",
    table(["metric", "kind", "unit", "per", "what it counts"], entries(metrics).map(cells)),
  );
}

function errorsPage(errors, protocolErrors) {
  return page(
    "Errors",
    "`ZmqError` has a stable `code`, libzmq's `errno` on Linux, and a message that begins with this text.",
    table(
      ["code", "errno", "text"],
      entries(errors).map(([name, row]) => [code(name), row.errno, row.text]),
    ),
    "## What peers do wrong",
    "A `ProtocolError` costs a peer its connection and comes with an event; it is never thrown.",
    table(
      ["code", "text"],
      entries(protocolErrors).map(([name, text]) => [code(name), text]),
    ),
  );
}

function dropsPage(reasons) {
  return page(
    "Drops",
    "Why a message was not delivered. Each one is counted under one reason, per socket and per peer.",
    table(
      ["reason", "way", "what happened"],
      entries(reasons).map(([name, row]) => [code(name), row.way, row.doc]),
    ),
  );
}

function socketsPage(types) {
  const cells = (type) => {
    const ways = [type.sends ? "sends" : "", type.receives ? "receives" : ""].filter(Boolean).join(", ");
    return [
      code(type.className),
      type.name,
      type.number,
      type.peers.join(", ") || "none",
      ways,
      type.whenMute,
      type.doc,
    ];
  };
  return page(
    "Socket types",
    "*When mute* is what `send` does when no peer can take a message.",
    table(["class", "type", "no.", "talks with", "directions", "when mute", "what it does"], types.map(cells)),
  );
}

function page(title, ...parts) {
  const notice = "<!-- Generated by `npm run docs` from the tables in src/. Change those. -->";
  return `${[notice, `# ${title}`, ...parts].join("\n\n")}\n`;
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function entries(table) {
  return Object.entries(table);
}

function code(text) {
  return `\`${text}\``;
}

function bit(number) {
  return number === 0 ? "" : `0x${number.toString(16)}`;
}
