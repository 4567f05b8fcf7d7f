import type { ClaimGroup } from "../claims.js";

export const BODY_CLAIMS: readonly ClaimGroup[] = [
  {
    about: "Buffers",
    claims: [
      {
        says: "Reading past the end is Ok and empty, and a length beyond the end is cut.",
        cases: {
          "judge: a request's body is cut out as asked, past its end too": [
            "get_buffer_bytes(0,4,100)=0 456789",
            "get_buffer_bytes(0,11,1)=0 ",
          ],
          "judge: a response's body is cut out as asked": [],
        },
      },
      {
        // The sum is one of 64-bit words.
        says: "Start and length never overflow: the largest length is as good as any.",
        cases: {
          "judge: a start and a length never overflow: what lies beyond the end is cut off, whatever they are":
            [
              "get_buffer_bytes(0,5,-2)=0 56789",
              "get_buffer_bytes(0,5,-1)=0 56789",
              "get_buffer_bytes(0,-5,5)=0 ",
            ],
        },
      },
      {
        says: "Writing at 0 takes away as much as the length says and puts the bytes in front, writing at the end or beyond appends, and writing in between is BadArgument.",
        cases: {
          "judge: a request's body is changed at its ends, never in its middle": [
            "set_buffer_bytes(0,0,3,[[)=0",
            "set_buffer_bytes(0,4,2,no)=2",
            "set_buffer_bytes(0,100,5,>)=0",
            "get_buffer_bytes(0,0,-1)=0 [[23456789>",
          ],
          "judge: a response's body is changed at its ends, never in its middle": [],
          "judge: draining more than a body has empties it": [],
        },
      },
      {
        says: "A body that is not there reads as empty, and cannot be written (BadArgument).",
        cases: {
          "judge: a body that is not there: reads are empty, writes bad arguments": [
            "get_buffer_bytes(0,0,-1)=0 ",
            "set_buffer_bytes(0,0,0,<)=2",
          ],
        },
      },
      {
        says: "The plugin's configuration is NotFound outside its callback, as is a callout's body.",
        cases: {
          "judge: configurations: the VM's at any time, the plugin's while it is handed over": [
            ">configure(1,12)",
            "get_buffer_bytes(7,0,-1)=0 the plugin's",
            ">request_headers(2,6,0)",
            "get_buffer_bytes(7,0,-1)=1",
          ],
          "judge: a callout's answer is readable through the stream until it resumes": [
            ">response_headers(2,3,0)",
            "get_buffer_bytes(4,0,-1)=1",
          ],
        },
      },
      {
        says: "A callout's body and headers cannot be changed.",
        cases: {
          "judge: a callout's answer is read on the root context, in its callback": [
            "add_header_map_value(6,x,y)=2",
            "set_buffer_bytes(4,0,0,x)=2",
          ],
        },
      },
    ],
  },
  {
    about: "Pausing",
    claims: [
      {
        says: "A headers callback that answers 1 holds back the body too, unless `allow_on_headers_stop_iteration` is set.",
        cases: {
          "judge: request headers that stop are readable and writable from a tick, with their body not yet seen":
            [">tick(1)", "continue_stream(0)=0", ">request_body(2,10,1)"],
          "judge: with allow_on_headers_stop_iteration headers wait alone and the body comes": [
            ">request_headers(2,7,0)",
            ">request_body(2,10,0)",
            "add_header_map_value(0,x-from-body,1)=0",
          ],
        },
      },
      {
        says: "A headers callback that answers 2 continues, and numbers over 4 are 4.",
        cases: {
          "judge: headers callbacks that answer 2 continue": [],
          "judge: headers callbacks that answer 9 are as 4: the body waits too": [
            "set_tick_period_milliseconds(150)=0",
            ">tick(1)",
            ">request_body(2,10,1)",
          ],
        },
      },
      {
        says: "A body's callback that answers 1 buffers: the next one is told the size of all, which can be too much (413, or 500 of a response).",
        cases: {
          "judge: a body that is buffered is seen whole, its size the total so far": [
            ">request_body(2,3,0)",
            ">request_body(2,6,0)",
            "get_buffer_bytes(0,0,-1)=0 onetwo",
          ],
          "judge: a request that is buffered past the limit gets 413": [">request_body(2,1800,0)"],
          "judge: a response that is buffered past the limit gets 500": [],
        },
      },
      {
        says: "With 2 and 3 nothing accumulates.",
        cases: {
          "judge: body callbacks that answer 2 do not accumulate": ["get_buffer_bytes(0,0,-1)=0 two"],
          "judge: body callbacks that answer 3 lose their pieces": [],
          "judge: body callbacks that answer 9 are as 3": [],
        },
      },
      {
        says: "Bytes of a connection are held back by any answer but 0.",
        cases: {
          "judge: TCP: any answer but 0 holds back": [
            ">downstream_data(2,3,0)",
            ">downstream_data(2,6,0)",
            "get_buffer_bytes(2,0,-1)=0 onetwo",
          ],
        },
      },
      {
        says: "The client's side of a connection can be resumed, the upstream's is Unimplemented.",
        cases: {
          "judge: TCP: bytes that are held back go on from a tick": ["continue_stream(2)=0"],
          "judge: TCP: resuming the client's side works, the upstream's is not implemented": [
            "continue_stream(3)=12",
          ],
        },
      },
      {
        says: "That the upstream has closed is taken from the end of its bytes, so who closed is not known (0).",
        cases: {
          "judge: TCP: both sides finish: done comes before log": [
            ">upstream_data(2,0,1)",
            ">upstream_connection_close(2,0)",
          ],
        },
      },
    ],
  },
];
