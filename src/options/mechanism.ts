import type { OptionRow, OptionValue } from "./row.ts";
import type { OptionName, Options } from "./table.ts";

/** The options in which the choice of a mechanism shows. */
type Choice = Partial<Pick<Options, "securityMechanism" | "plainServer" | "curveServer">>;

/**
 * What setting a security option makes of the choice of mechanism (libzmq.md 3.1): the option set last decides.
 *
 * libzmq goes back to NULL at every `false` and every null user name. Here that ends only what the same option had chosen:
 * `{ curveServer: true, …, plainServer: false }` must not leave a socket unprotected (docs/decisions/0024).
 */
export function choice(name: OptionName, row: OptionRow, value: OptionValue, before: Options): Choice {
  if (row.decides === undefined) return {};
  const { mechanism, role } = row.decides;
  if (value === false || value === null) return ended(name, row.decides, before) ? changes(NOTHING, before) : {};
  const server = role === undefined ? before.curveServer : role === "server";
  return changes(
    {
      securityMechanism: mechanism,
      plainServer: server && mechanism === "plain",
      curveServer: server && mechanism === "curve",
    },
    before,
  );
}

const NOTHING: Required<Choice> = { securityMechanism: null, plainServer: false, curveServer: false };

/** Whether the mechanism in force was chosen by this option, and nothing else still asks for it. */
function ended(name: OptionName, { mechanism, role }: NonNullable<OptionRow["decides"]>, before: Options): boolean {
  if (before.securityMechanism !== mechanism) return false;
  if (role === "server") return before[name] === true;
  const other = name === "plainUsername" ? before.plainPassword : before.plainUsername;
  return !before.plainServer && other === null;
}

function changes(after: Required<Choice>, before: Options): Choice {
  return Object.fromEntries(Object.entries(after).filter(([name, value]) => before[name as keyof Choice] !== value));
}
