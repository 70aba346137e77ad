/** It comes without types; what is used of an instance says sodium.ts. */
declare module "libsodium-sumo" {
  export default function instantiate(): Promise<object>;
}
