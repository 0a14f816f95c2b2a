package io.vertebra.faults;

import io.vertebra.testkit.Child;
import io.vertebra.testkit.linear.Register;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Vertebra with default options but for where it listens.
 *
 * @param options further ones, as {@code path=value}
 * @param token what clients show; the nodes want {@link #TOKEN} if it is that
 */
record VertebraNode(List<String> options, AtomicReference<String> token) implements Software {
  static final String TOKEN = "a token for the fault tests";

  /** What makes three of them start soon on two cores. */
  private static final String JVM = "-Xmx256m -XX:+UseSerialGC -XX:TieredStopAtLevel=1";

  VertebraNode(String... options) {
    this(List.of(options), new AtomicReference<>(TOKEN));
  }

  @Override
  public List<String> command(int node, Network network) {
    String members =
        Network.nodes()
            .mapToObj(other -> network.peer(other, Network.Use.CLUSTER))
            .collect(Collectors.joining(","));
    List<String> words = new ArrayList<>(List.of("start"));
    Stream.concat(
            Stream.of(
                "node.name=n" + node,
                "api.host=" + network.clientHost(node),
                "api.port=" + network.port(node, Network.Use.CLIENTS),
                "gateway.port=0",
                "cluster.host=" + network.peerHost(node),
                "cluster.secret=" + TOKEN,
                "cluster.clearText=true",
                "cluster.port=" + network.port(node, Network.Use.CLUSTER),
                "cluster.busPort=" + network.port(node, Network.Use.BUS),
                "cluster.members=" + members,
                "raft.port=" + network.port(node, Network.Use.RAFT)),
            Stream.concat(
                token.get().equals(TOKEN) ? Stream.of("api.token=" + TOKEN) : Stream.empty(),
                options.stream()))
        .forEach(option -> words.add("--set=" + option));
    return Child.command(JVM, words.toArray(String[]::new));
  }

  @Override
  public Store store(int node, Network network) {
    return new Client(
        "http://%s:%d/api/v1"
            .formatted(network.clientHost(node), network.port(node, Network.Use.CLIENTS)),
        token);
  }

  /** One node over its API. */
  private record Client(String url, AtomicReference<String> token) implements Store {
    private static final Map<String, String> JSON = Map.of("Content-Type", "application/json");

    private String keys() {
      return url + "/kv";
    }

    @Override
    public Reply call(String key, Register.Input input) {
      return call(input, () -> ask(key, input));
    }

    @Override
    public Reply put(String key, String value, String attempt) {
      Map<String, String> headers = new HashMap<>(raw());
      headers.put("Idempotency-Key", "\"" + attempt + "\"");
      return call(new Register.Put(value), () -> ask("PUT", keys() + "/" + key, headers, value));
    }

    @Override
    public boolean knowsAttempts() {
      return true;
    }

    @Override
    public Reply swap(Map<String, Register.Swap> writes) {
      JsonArray compares = new JsonArray();
      JsonArray puts = new JsonArray();
      writes.forEach(
          (key, swap) -> {
            compares.add(
                new JsonObject()
                    .put("key", key)
                    .put("target", "mod-revision")
                    .put("is", "equal")
                    .put("number", swap.expected()));
            puts.add(
                new JsonObject()
                    .put("put", new JsonObject().put("key", key).put("text", swap.value())));
          });
      String body = new JsonObject().put("compare", compares).put("then", puts).encode();
      return call(
          writes.values().iterator().next(), () -> ask("POST", keys() + ":txn", JSON, body));
    }

    /** A request under way. */
    private interface Request {
      Http.Answer send() throws IOException;
    }

    private static Reply call(Register.Input input, Request request) {
      try {
        return reply(input, request.send());
      } catch (ConnectException | HttpConnectTimeoutException e) {
        return new Reply.NotDone(e.toString());
      } catch (IOException e) {
        return new Reply.Unknown(e.toString());
      }
    }

    private Http.Answer ask(String key, Register.Input input) throws IOException {
      String entry = keys() + "/" + key;
      if (input instanceof Register.Get) {
        return ask("GET", entry, Map.of(), "");
      }
      if (input instanceof Register.Delete) {
        return ask("DELETE", entry, Map.of(), "");
      }
      if (input instanceof Register.Put put) {
        return ask("PUT", entry, raw(), put.value());
      }
      Register.Swap swap = (Register.Swap) input;
      Map<String, String> headers = new HashMap<>(raw());
      if (swap.expected() == 0) {
        headers.put("If-None-Match", "*");
      } else {
        headers.put("If-Match", "\"" + swap.expected() + "\"");
      }
      return ask("PUT", entry, headers, swap.value());
    }

    private static Map<String, String> raw() {
      return Map.of("Content-Type", "application/octet-stream");
    }

    private Http.Answer ask(String method, String url, Map<String, String> headers, String body)
        throws IOException {
      return Http.ask(method, url, authorized(headers), body);
    }

    private Map<String, String> authorized(Map<String, String> headers) {
      Map<String, String> all = new HashMap<>(headers);
      all.put("Authorization", "Bearer " + token.get());
      return all;
    }

    private static Reply reply(Register.Input input, Http.Answer answer) {
      return switch (answer.status()) {
        case 200, 201 -> new Reply.Done(output(input, answer.json()));
        case 404 -> new Reply.Done(new Register.Absent());
        case 409, 412 -> new Reply.Done(new Register.Refused());
        case 503, 429 -> new Reply.NotDone(answer.body());
        case 504 -> new Reply.Unknown(answer.body());
        default -> throw new IllegalStateException(input + " was answered with " + answer);
      };
    }

    private static Register.Output output(Register.Input input, JsonObject answer) {
      if (input instanceof Register.Get) {
        Entry entry = entry(answer);
        return new Register.Found(entry.value(), entry.revision());
      }
      if (input instanceof Register.Delete) {
        return answer.getInteger("deleted") == 0
            ? new Register.Absent()
            : new Register.Deleted(answer.getLong("revision"));
      }
      return answer.getBoolean("succeeded", true)
          ? new Register.Written(answer.getLong("revision"))
          : new Register.Refused();
    }

    @Override
    public String grant(Duration ttl) throws IOException {
      JsonObject wanted = new JsonObject().put("ttlMs", ttl.toMillis());
      return done("POST", url + "/leases", wanted.encode()).getString("leaseId");
    }

    @Override
    public void keepAlive(String lease) throws IOException {
      JsonObject unused = done("POST", url + "/leases/" + lease + "/keep-alive", "{}");
    }

    @Override
    public void putUnder(String lease, String key, String value) throws IOException {
      JsonObject entry = new JsonObject().put("text", value).put("leaseId", lease);
      JsonObject unused = done("PUT", keys() + "/" + key, entry.encode());
    }

    private JsonObject done(String method, String url, String body) throws IOException {
      Http.Answer answer = ask(method, url, body.isEmpty() ? Map.of() : JSON, body);
      if (answer.status() >= 300) {
        throw new IOException(answer.toString());
      }
      return answer.json();
    }

    @Override
    public List<Entry> list(String prefix) throws IOException {
      List<Entry> entries = new ArrayList<>();
      String next = "";
      while (true) {
        String page = "?limit=1000&prefix=" + encoded(prefix) + next;
        JsonObject answer = done("GET", keys() + page, "");
        objects(answer, "items").forEach(entry -> entries.add(entry(entry)));
        String cursor = answer.getString("cursor");
        if (cursor == null) {
          return entries;
        }
        next = "&cursor=" + encoded(cursor);
      }
    }

    @Override
    public Watch watch(String prefix, long fromRevision) throws IOException {
      String from =
          ":watch?prefix=%s&progressMs=500&fromRevision=%d"
              .formatted(encoded(prefix), fromRevision);
      Http.Lines lines =
          Http.follow("GET", keys() + from, authorized(Map.of("Accept", "text/event-stream")), "");
      return new Watch() {
        @Override
        public Batch next() throws IOException {
          while (true) {
            String line = lines.next();
            if (line.startsWith("event:") && line.contains("error")) {
              throw new IOException(lines.next());
            }
            if (line.startsWith("data:")) {
              return batch(new JsonObject(line.substring("data:".length())));
            }
          }
        }

        @Override
        public void close() {
          lines.close();
        }
      };
    }

    @Override
    public Status status() throws IOException {
      JsonObject answer = done("GET", keys() + ":status", "");
      return new Status(
          Long.parseUnsignedLong(answer.getString("memberId"), 16),
          Long.parseUnsignedLong(answer.getString("leaderId"), 16));
    }
  }

  private static Store.Batch batch(JsonObject batch) {
    return new Store.Batch(
        batch.getLong("revision"),
        objects(batch, "events")
            .map(
                event -> {
                  Store.Entry entry = entry(event.getJsonObject("entry"));
                  return new Store.Event(entry.revision(), entry.key(), entry.value());
                })
            .toList());
  }

  private static Store.Entry entry(JsonObject entry) {
    return new Store.Entry(
        entry.getString("key"),
        new String(
            Base64.getDecoder().decode(entry.getString("value", "")), StandardCharsets.UTF_8),
        entry.getLong("modRevision"));
  }

  private static Stream<JsonObject> objects(JsonObject holder, String name) {
    return holder.getJsonArray(name, new JsonArray()).stream().map(JsonObject.class::cast);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
