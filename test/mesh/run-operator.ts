// The operator's program on its sources. Usage: node --conditions=meshwasm:source --import tsx run-operator.ts ARGUMENTS
import { main } from "../../registry-operator/src/main.js";

process.exit(await main(process.argv.slice(2)));
