import {
  Action,
  Expression,
  foreignFunctions,
  HttpFilter,
  LifeSpan,
  PluginConfiguration,
  properties,
  PropertyType,
  registerHttpFilter,
  RequestHeaders,
  RootContext,
  Status,
} from "@meshwasm/sdk/assembly";

class Foreign extends RootContext {
  pem: string = "";
  publicKey: Uint8Array = new Uint8Array(0);
  signature: Uint8Array = new Uint8Array(0);
  declared: string = "";

  onConfigure(configuration: PluginConfiguration): bool {
    const json = configuration.json();
    this.pem = json.get("pem").asString();
    this.publicKey = fromHex(json.get("der").asString());
    this.signature = fromHex(json.get("signature").asString());
    const first = foreignFunctions.declareProperty("once", PropertyType.Text, true, LifeSpan.Request);
    const second = foreignFunctions.declareProperty("once");
    this.declared = (<i32>first).toString() + " " + (<i32>second).toString();
    return true;
  }
}

function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = <u8>parseInt(text.substring(2 * i, 2 * i + 2), 16);
  return bytes;
}

function utf8(text: string): Uint8Array {
  return Uint8Array.wrap(String.UTF8.encode(text));
}

function shown(text: string | null): string {
  return text == null ? "null" : text;
}

class ForeignFilter extends HttpFilter<Foreign> {
  onRequestHeaders(headers: RequestHeaders, endOfStream: bool): Action {
    if (headers.equals(":path", "/compress")) {
      const text = "hello hello hello hello";
      const small = foreignFunctions.compress(utf8(text))!;
      const back = foreignFunctions.uncompress(small)!;
      headers.set("x-smaller", small.length < text.length ? "yes" : "no");
      headers.setBytes("x-back", back);
      const none = foreignFunctions.uncompress(utf8("no zlib"));
      headers.set("x-none", (none ? "bytes " : "null ") + (<i32>foreignFunctions.status).toString());
    }
    if (headers.equals(":path", "/state")) {
      const set = foreignFunctions.setFilterState("envoy.string", "a value", LifeSpan.Request);
      const unknown = foreignFunctions.setFilterState("no.such.object", "a value");
      headers.set("x-set", (<i32>set).toString() + " " + (<i32>unknown).toString());
    }
    if (headers.equals(":path", "/declare")) {
      headers.set("x-declared", this.root.declared);
      const first = properties.set(["once"], "one");
      const second = properties.set(["once"], "two");
      headers.set("x-set", (<i32>first).toString() + " " + (<i32>second).toString());
      headers.set("x-once", shown(properties.getString(["once"])));
    }
    if (headers.equals(":path", "/verify")) this.verify(headers);
    if (headers.equals(":path", "/route")) {
      headers.set(":path", "/metadata");
      headers.set("x-cleared", (<i32>foreignFunctions.clearRouteCache()).toString());
      headers.set(":path", "/elsewhere");
    }
    if (headers.equals(":path", "/expression")) this.express(headers);
    if (headers.equals(":path", "/unknown")) {
      const answer = foreignFunctions.call("no_such_function", new Uint8Array(0));
      headers.set(
        "x-unknown",
        answer == null && foreignFunctions.status == Status.NotFound ? "null, NotFound" : "wrong",
      );
    }
    return Action.Continue;
  }

  private express(headers: RequestHeaders): void {
    const isGet = new Expression('request.method == "GET"');
    const isPost = new Expression('request.method == "POST"');
    const size = new Expression("size(request.path)");
    const name = new Expression('request.headers["x-name"] + "!"');
    const absent = new Expression('request.headers["x-absent"]');
    const malformed = new Expression("request.method ==");
    headers.set(
      "x-bool",
      (isGet.evaluateBool() ? "yes " : "no ") + (isPost.evaluateBool(true) ? "yes" : "no"),
    );
    headers.set("x-int", size.evaluateInt().toString());
    headers.set("x-text", shown(name.evaluateText()));
    headers.set("x-absent-is", shown(absent.evaluateText()) + " " + (<i32>absent.status).toString());
    headers.set("x-malformed", (<i32>malformed.status).toString());
    const deleted = <i32>size.delete();
    headers.set("x-deleted", deleted.toString() + " " + size.evaluateInt(-1).toString());
  }

  private verify(headers: RequestHeaders): void {
    const root = this.root;
    const text = utf8("the text");
    const byDer = foreignFunctions.verifySignature("sha256", root.publicKey, root.signature, text);
    const noReason = foreignFunctions.reason;
    const byPem = foreignFunctions.verifySignatureWithPem("sha256", root.pem, root.signature, text);
    headers.set("x-valid", (byDer ? "yes " : "no ") + (byPem ? "yes" : "no") + noReason);
    const other = foreignFunctions.verifySignature("sha256", root.publicKey, root.signature, utf8("other"));
    headers.set("x-other", (other ? "yes " : "no ") + foreignFunctions.reason);
    foreignFunctions.verifySignature("md5", root.publicKey, root.signature, text);
    headers.set("x-hash", foreignFunctions.reason);
    foreignFunctions.verifySignature("sha256", new Uint8Array(0), root.signature, text);
    headers.set("x-no-key", (<i32>foreignFunctions.status).toString());
  }
}

registerHttpFilter<ForeignFilter, Foreign>("foreign");
