import type { ClaimGroup } from "../claims.js";

export const CALLOUT_CLAIMS: readonly ClaimGroup[] = [
  {
    about: "Callouts",
    claims: [
      {
        says: "The answer comes to the root context: `proxy_set_effective_context` leads back to the stream.",
        cases: {
          "judge: a callout's answer is read on the root context, in its callback": [
            ">http_call_response(1,4,5,7,0)",
            "set_effective_context(stream)=0",
            "continue_stream(0)=0",
          ],
          "judge: a local response from a callout's callback is lost without the stream's context": [
            "send_local_response(500,,lost,,-1)=0",
            "set_effective_context(stream)=0",
            ">response_headers(2,4,0)",
          ],
        },
      },
      {
        says: "An unknown cluster, a missing :path, :method or :authority, and a negative timeout are BadArgument.",
        cases: {
          "judge: callouts that cannot be made: which of their headers must be there": [
            "http_call(unknown,,,,100)=2",
            "http_call(auth,:path=/&:method=GET,,,100)=2",
            "http_call(auth,:path=/&:authority=x,,,100)=2",
            "http_call(auth,:method=GET&:authority=x,,,100)=2",
          ],
          "judge: request_headers: callouts that cannot be made": [
            "http_call(auth,:method=GET&:path=/body&:authority=auth.test,,,-1)=2",
          ],
        },
      },
      {
        says: "A timeout of 0 is none.",
        cases: {
          "judge: a callout without a timeout": [">http_call_response(1,4,5,7,0)"],
          "judge: a callout without a timeout that nobody answers never ends": [
            ">http_call_response(1,8,3,24,0)",
          ],
        },
      },
      {
        says: "A timeout arrives as a response of 504, and Envoy's own errors as responses too.",
        cases: {
          "judge: a callout that nobody answers in time is a 504": ["get_header_map_value(6,:status)=0 504"],
          "judge: a callout to where nobody listens is a 503": ["get_header_map_value(6,:status)=0 503"],
        },
      },
      {
        says: "Only a reset has no headers, no body and no trailers, and status 11.",
        cases: {
          "judge: a callout whose answer breaks off is a reset: no headers, status 11": [
            ">http_call_response(1,4,0,0,0)",
            "get_status()=0 11 reset",
          ],
        },
      },
      {
        says: "A callout that fails at once is InternalFailure.",
        cases: {
          "judge: a callout that fails at once is InternalFailure, and no callback comes": [
            "http_call(down,:method=GET&:path=/body&:authority=auth.test,,,1000)=10",
          ],
        },
      },
      {
        says: "HTTP calls are numbered from 4, gRPC calls from 5, gRPC streams from 6, in steps of 4.",
        cases: {
          "judge: callouts have the numbers 4 and 8, one from the other's callback, and the stream goes on with the second answer":
            [">http_call_response(1,4,5,7,0)", ">http_call_response(1,8,4,4,0)"],
          "judge: gRPC: numbers, and what cannot be": [
            "grpc_stream(grpc,test.Service,Hang,)=0 6",
            "grpc_call(grpc,test.Service,Echo,,question,1000)=0 9",
            ">grpc_close(1,5,14)",
          ],
        },
      },
    ],
  },
];
