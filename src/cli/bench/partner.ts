/** The second process of a measurement: `partner.js NAME ADDRESS SIZE`, until the first one is gone. */
import { PARTNERS, type PartnerName } from "./partners.ts";

const [name, address = "", size = "0"] = process.argv.slice(2);
PARTNERS[name as PartnerName](address, Number(size)); // measure.ts starts this, with a name of the table
process.on("disconnect", () => process.exit());
process.on("SIGINT", () => {});
