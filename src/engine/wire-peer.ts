import type { Peer } from "../base/peer.ts";
import type { ByteStream } from "../transports/transport.ts";
import type { PeerFacts } from "../wire/connection.ts";

/** Which connection a peer came by. */
interface Origin {
  readonly id: number;
  readonly endpoint: string;
  readonly dialed: boolean;
}

/** The peer of a session: what it said, and where it is. Its properties are only put together when somebody looks. */
export class WirePeer implements Peer {
  readonly id: number;
  readonly endpoint: string;
  readonly address: string;
  readonly dialed: boolean;
  readonly #facts: PeerFacts;
  readonly #peerAddress: string;
  #properties: ReadonlyMap<string, string> | null = null;

  constructor(facts: PeerFacts, origin: Origin, stream: Pick<ByteStream, "remote" | "peerAddress">) {
    this.id = origin.id;
    this.endpoint = origin.endpoint;
    this.dialed = origin.dialed;
    this.address = stream.remote;
    this.#facts = facts;
    this.#peerAddress = stream.peerAddress;
  }

  get socketType(): string {
    return this.#facts.socketType;
  }

  get routingId(): Uint8Array {
    return this.#facts.routingId;
  }

  get protocol(): string {
    return this.#facts.protocol;
  }

  get mechanism(): string {
    return this.#facts.mechanism;
  }

  get properties(): ReadonlyMap<string, string> {
    return (this.#properties ??= this.#complete());
  }

  #complete(): ReadonlyMap<string, string> {
    const said = this.#facts.properties;
    return this.#peerAddress === "" ? said : new Map(said).set("Peer-Address", this.#peerAddress);
  }
}
