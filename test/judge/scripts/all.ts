import type { Script } from "../script.js";
import { BODY_SCRIPTS } from "./bodies.js";
import { CALLOUT_SCRIPTS } from "./callouts.js";
import { CONNECTION_SCRIPTS } from "./connections.js";
import { ENDING_SCRIPTS } from "./endings.js";
import { HEADER_SCRIPTS } from "./headers.js";
import { OTHER_SCRIPTS } from "./others.js";
import { PROPERTY_SCRIPTS } from "./properties.js";
import { SWEEP_SCRIPTS } from "./sweeps.js";
import { WAITING_SCRIPTS } from "./waiting.js";

/** Every script of the judge. */
export const SCRIPTS: readonly Script[] = [
  ...HEADER_SCRIPTS,
  ...BODY_SCRIPTS,
  ...ENDING_SCRIPTS,
  ...CALLOUT_SCRIPTS,
  ...PROPERTY_SCRIPTS,
  ...OTHER_SCRIPTS,
  ...CONNECTION_SCRIPTS,
  ...WAITING_SCRIPTS,
  ...SWEEP_SCRIPTS,
];

/** The name of a script's plugin and VM in both engines. */
export const scriptId = (script: Script) =>
  script.name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/-$/, "");
