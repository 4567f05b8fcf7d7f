import { encodeProtobuf } from "../../../sdk/host/foreign/protobuf.js";
import type { PropertyInput } from "../../../sdk/host/properties/given.js";

/** What the configuration of both engines calls the listener's one filter chain. */
export const FILTER_CHAIN = "the chain";

/** Metadata of both engines' one route, with a value of each kind that a `google.protobuf.Struct` has. */
export const ROUTE_METADATA: { readonly judge: { readonly [name: string]: PropertyInput } } = {
  judge: {
    text: "ä",
    number: 1.5,
    whole: 3,
    yes: true,
    nothing: null,
    list: ["a", 2.5, ["b"], { c: false }],
    empty: [],
    one: { key: { inside: -1 } },
    broken: { list: [null] },
  },
};

/** Metadata of both engines' listener: a name and a text. */
export const LISTENER_METADATA = { judge: { owner: "us" } } as const;

/** The same as a message, `envoy.config.core.v3.Metadata`: a map's entries are messages of a key and a value. */
function metadataMessage(): Uint8Array {
  const { judge } = LISTENER_METADATA;
  const owner = encodeProtobuf([
    [1, "owner"],
    [2, encodeProtobuf([[3, judge.owner]])],
  ]);
  const struct = encodeProtobuf([[1, owner]]);
  return encodeProtobuf([
    [
      1,
      encodeProtobuf([
        [1, "judge"],
        [2, struct],
      ]),
    ],
  ]);
}

/** The same as properties of the host. */
export const PROPERTIES: Readonly<Record<string, PropertyInput>> = {
  "xds.filter_chain_name": FILTER_CHAIN,
  "xds.listener_metadata": metadataMessage(),
  "xds.listener_metadata.filter_metadata": LISTENER_METADATA,
  "xds.route_metadata.filter_metadata": ROUTE_METADATA,
};
