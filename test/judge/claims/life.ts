import type { ClaimGroup } from "../claims.js";

export const LIFE_CLAIMS: readonly ClaimGroup[] = [
  {
    about: "Local responses",
    claims: [
      {
        says: "They come once the callback has returned, and then pass the response callbacks of the same filter.",
        cases: {
          "judge: a local response from the request headers comes after the callback, through the filter's own response callbacks":
            [
              "send_local_response(403,not today,no entry,X-Why=because,-1)=0",
              "get_header_map_value(0,:path)=0 /",
              ">response_headers(2,4,0)",
              ">response_body(2,8,1)",
            ],
        },
      },
      {
        says: "They count more than what the callback returns.",
        cases: {
          "judge: a local response overrides what the callback returns": [">response_headers(2,4,0)"],
        },
      },
      {
        says: "The hostcall is Ok even where there is no stream, and the response is lost.",
        cases: {
          "judge: a local response outside a stream is Ok and lost": [
            ">tick(1)",
            "send_local_response(403,not today,no entry,X-Why=because,-1)=0",
          ],
          "judge: a local response from a callout's callback is lost without the stream's context": [],
        },
      },
      {
        says: "A gRPC status outside 0 to 16 is left out, and the one of the HTTP status takes its place.",
        cases: {
          "judge: a local response to gRPC carries the status": [],
          "judge: a local response to gRPC with status 99 has the one that its HTTP status stands for": [],
        },
      },
      {
        says: "White space in the details becomes underscores.",
        cases: {
          "judge: whitespace in the details of a local response becomes underscores": [
            "get_property(response.code_details)=0 not___today_",
          ],
        },
      },
    ],
  },
  {
    about: "Lifecycle",
    claims: [
      {
        says: "An HTTP stream ends with log, done, delete.",
        cases: {
          "judge: the order of callbacks: a request and a response with everything": [
            ">log(2)",
            ">done(2)",
            ">delete(2)",
          ],
        },
      },
      {
        says: "A connection ends with done, log, delete.",
        cases: {
          "judge: TCP: both sides finish: done comes before log": [">done(2)", ">log(2)", ">delete(2)"],
          "tcp: both sides finish: done comes before log": [],
        },
      },
      {
        says: "What a stream's done returns does not matter.",
        cases: {
          "judge: a stream's done that answers no is deleted all the same": [">done(2)", ">delete(2)"],
          "judge: TCP: a connection's done that answers no is deleted all the same": [
            ">done(2)",
            ">delete(2)",
          ],
        },
      },
      {
        says: "A root context whose done returns false lives on until it calls `proxy_done`, and is deleted then.",
        cases: { "e2e extras: delays its end, and then ends": [] },
      },
      {
        says: "Anywhere else `proxy_done` is NotFound.",
        cases: { "judge: proxy_done where nothing waits for it is not found": ["done()=1"] },
      },
      {
        says: "The access log can be the first that a context hears of its stream.",
        cases: {
          "chain: a local response of the first: the second has no context until the access log": [
            "a: log()",
            "b: context_create()",
            "b: log()",
          ],
        },
      },
      {
        says: "A module is started in a VM of each worker and in others before, one of which only tries it; in the host in one.",
        cases: {
          "envoy-agreement: Envoy starts a plugin in a VM of each worker and in others before, the host in one":
            [],
        },
      },
    ],
  },
];
