import { measureChains } from "./chains.js";
import { measureOci } from "./oci.js";
import { measureSdk } from "./sdk.js";

const parts = process.argv.slice(2);
if (parts.includes("sdk")) for await (const line of measureSdk()) console.log(line);
const chains = parts.filter((part) => /^chains(?:\/|$)/.test(part));
const only = chains.filter((part) => part !== "chains").map((part) => part.slice("chains/".length));
if (chains.length > 0) for await (const line of measureChains(only)) console.log(line);
if (parts.includes("oci")) for (const line of await measureOci()) console.log(line);
