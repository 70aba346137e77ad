/**
 * The socket types as the options see them: libzmq's name, and which directions user messages flow.
 * What a type does with its messages is not here, but in `sockets/`.
 */
export const SOCKET_TYPES = {
  PAIR: { sends: true, receives: true },
  PUB: { sends: true, receives: false },
  SUB: { sends: false, receives: true },
  REQ: { sends: true, receives: true },
  REP: { sends: true, receives: true },
  DEALER: { sends: true, receives: true },
  ROUTER: { sends: true, receives: true },
  PULL: { sends: false, receives: true },
  PUSH: { sends: true, receives: false },
  XPUB: { sends: true, receives: true },
  XSUB: { sends: true, receives: true },
  STREAM: { sends: true, receives: true },
  SERVER: { sends: true, receives: true },
  CLIENT: { sends: true, receives: true },
  RADIO: { sends: true, receives: false },
  DISH: { sends: false, receives: true },
  GATHER: { sends: false, receives: true },
  SCATTER: { sends: true, receives: false },
  DGRAM: { sends: true, receives: true },
  PEER: { sends: true, receives: true },
  CHANNEL: { sends: true, receives: true },
} as const;

export type TypeName = keyof typeof SOCKET_TYPES;

type With<Direction extends "sends" | "receives"> = {
  [Name in TypeName]: (typeof SOCKET_TYPES)[Name][Direction] extends true ? Name : never;
}[TypeName];

/** The types a user sends messages with. */
export type SendingType = With<"sends">;

/** The types a user receives messages from. */
export type ReceivingType = With<"receives">;
