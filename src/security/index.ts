import type { MechanismFactory } from "../wire/zmtp/mechanism.ts";
import { nullMechanism } from "./null.ts";

/** Every mechanism, by its name in the greeting. */
export const MECHANISMS: ReadonlyMap<string, MechanismFactory> = new Map([["NULL", nullMechanism]]);
