import { measureChains } from "./chains.js";
import { measureOci } from "./oci.js";
import { measureSdk } from "./sdk.js";

const parts = process.argv.slice(2);
if (parts.includes("sdk")) for await (const line of measureSdk()) console.log(line);
if (parts.includes("chains")) for await (const line of measureChains()) console.log(line);
if (parts.includes("oci")) for (const line of await measureOci()) console.log(line);
