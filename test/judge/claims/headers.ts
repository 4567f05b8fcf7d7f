import type { ClaimGroup } from "../claims.js";

export const HEADER_CLAIMS: readonly ClaimGroup[] = [
  {
    about: "Which headers can be reached",
    claims: [
      {
        says: "Once the headers callback has answered 0, a value is BadArgument and the list is empty, but Ok.",
        cases: {
          "judge: request_body: reading every header map": [
            "get_header_map_value(0,:path)=2",
            "get_header_map_pairs(0)=0 ",
          ],
          "judge: response_headers: reading every header map": [
            "get_header_map_value(0,:path)=2",
            "get_header_map_pairs(0)=0 ",
          ],
          "http: a header map is gone once its callback continued": [],
        },
      },
      {
        says: "A header that is not there is NotFound.",
        cases: { "judge: request_headers: reading every header map": ["get_header_map_value(0,x-none)=1"] },
      },
      {
        says: "In the access log headers can be read and not changed, and a map that is not there has no value (NotFound).",
        cases: {
          "judge: http.log: reading every header map": [
            "get_header_map_value(0,:path)=0 /",
            "get_header_map_value(6,:status)=1",
          ],
          "judge: http.log: changing every header map": ["add_header_map_value(0,x-add,1)=2"],
        },
      },
      {
        says: "Request trailers are never in the access log.",
        cases: {
          "judge: http.log: reading every header map": [
            ">request_trailers(2,1)",
            "get_header_map_value(1,x-t)=1",
            "get_header_map_pairs(1)=0 ",
          ],
          "http: in the access log maps can be read only, and request trailers are never there": [],
        },
      },
      {
        says: "The size of a map is in bytes, and BadArgument for one that cannot be changed.",
        cases: {
          "judge: the size of a map is its bytes, and changes with it": [],
          "judge: http.log: reading every header map": ["get_header_map_size(0)=2"],
          "judge: http_call_response: reading every header map": ["get_header_map_size(6)=2"],
        },
      },
      {
        says: "The body's callback can make trailers at the end of the stream, and not before.",
        cases: {
          "judge: trailers can be made at the end of a body, in both directions": [
            "add_header_map_value(1,x-early,1)=2",
            "add_header_map_value(1,x-made,1)=0",
            "add_header_map_value(3,x-made,2)=0",
          ],
        },
      },
      {
        says: "Resuming either direction takes the request's maps away.",
        cases: {
          "judge: request headers that stop are readable and writable from a tick, with their body not yet seen":
            ["add_header_map_value(0,x-late,1)=0", "continue_stream(0)=0", "get_header_map_value(0,:path)=2"],
          "judge: resuming the response forgets the request's maps too": [
            "get_header_map_value(0,:path)=0 /",
            "continue_stream(1)=0",
            "get_header_map_value(0,:path)=2",
          ],
        },
      },
    ],
  },
  {
    about: "Headers",
    claims: [
      {
        says: "Names are lower-cased; adding makes another entry, reading gives the first, replacing and removing take all.",
        cases: {
          "judge: request headers: names in lower case, add is a second entry, get the first, replace and remove all":
            ["get_header_map_value(0,x-TWICE)=0 1"],
          "judge: response headers: the same": [],
          "judge: request trailers: the same": [],
          "judge: response trailers: the same": [],
        },
      },
      {
        says: "Pseudo-headers are entries like others.",
        cases: {
          "judge: pseudo-headers of a request are entries like others, and host is the authority": [
            "replace_header_map_value(0,:method,OPTIONS)=0",
          ],
        },
      },
      {
        says: "Pairs that are malformed, over 1024 or over 1 MiB are an empty list, and the hostcall is Ok.",
        cases: {
          "judge: malformed pairs are an empty list, and Ok": [
            "set_header_map_pairs(3,5 bytes)=0",
            "get_header_map_pairs(3)=0 ",
          ],
          "judge: over 1024 pairs are an empty list, and Ok": ["get_header_map_pairs(3)=0 "],
          "judge: over 1 MiB of pairs are an empty list, and Ok; 1 MiB is not too much": [
            "get_header_map_size(3)=0 1048562",
            "set_header_map_pairs(3,1048577 bytes)=0",
            "get_header_map_size(3)=0 0",
          ],
        },
      },
      {
        says: "The route is looked for again when the foreign function `clear_route_cache` is called; the host has no routes.",
        cases: {
          "judge: request_headers: logs, time, contexts, foreign functions": [
            "call_foreign_function(clear_route_cache,)=0 ",
          ],
          "e2e foreign: clears the route cache": [],
        },
      },
    ],
  },
];
