import { DROP_REASONS, type DropReason } from "../../index.ts";
import { LINKS, type Link } from "./cast.ts";
import type { PortReport } from "./script.ts";

/** Where all messages of a link are. They balance when sent = received + queued + dropped. */
export interface Books {
  readonly link: Link;
  /** Each copy of what is published counts. */
  readonly sent: number;
  readonly received: number;
  readonly bytes: number;
  readonly queued: number;
  readonly dropped: number;
  readonly reasons: ReadonlyMap<DropReason, number>;
  /** Those of the sockets themselves, which must be 0 at every instant. */
  readonly unaccounted: number;
}

/** What is in no column: on its way between two processes, or lost. */
export function missing(books: Books): number {
  return books.sent - books.received - books.queued - books.dropped;
}

/** Nothing queued, nothing missing. */
export function settled(books: Books): boolean {
  return books.queued === 0 && balanced(books);
}

export function balanced(books: Books): boolean {
  return missing(books) === 0 && books.unaccounted === 0;
}

/** The books of every link, from the last reports of all actors. */
export function allBooks(reports: readonly Readonly<Record<string, PortReport>>[]): Books[] {
  return LINKS.map((link) => booksOf(link, portsOf(reports, link.from), portsOf(reports, link.to)));
}

function portsOf(reports: readonly Readonly<Record<string, PortReport>>[], name: string): PortReport[] {
  return reports.flatMap((ports) => ports[name] ?? []);
}

function booksOf(link: Link, senders: readonly PortReport[], receivers: readonly PortReport[]): Books {
  const reasons = new Map<DropReason, number>();
  for (const port of senders) addDrops(reasons, port, ["out", "both"]);
  for (const port of receivers) addDrops(reasons, port, port.sent > 0 ? ["in"] : ["in", "both"]);
  return {
    link,
    sent: sum(senders, (port) => port.sent + port.copies),
    received: sum(receivers, (port) => port.received),
    bytes: sum(receivers, (port) => port.bytesReceived),
    queued: sum(senders, (port) => port.queuedOut) + sum(receivers, (port) => port.queuedIn),
    dropped: [...reasons.values()].reduce((total, count) => total + count, 0),
    reasons,
    unaccounted: sum([...senders, ...receivers], (port) => Math.abs(port.unaccounted)),
  };
}

/** A socket that sends and receives counts both; what may be either way belongs to what it sent. */
function addDrops(reasons: Map<DropReason, number>, { drops }: PortReport, ways: readonly string[]): void {
  if (drops === null) return;
  for (const [name, count] of Object.entries(drops)) {
    const reason = name as DropReason; // drops has the table's keys
    if (count > 0 && ways.includes(DROP_REASONS[reason].way)) reasons.set(reason, (reasons.get(reason) ?? 0) + count);
  }
}

function sum(ports: readonly PortReport[], of: (port: PortReport) => number): number {
  return ports.reduce((total, port) => total + of(port), 0);
}
