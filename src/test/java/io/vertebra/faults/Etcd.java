package io.vertebra.faults;

import io.vertebra.testkit.linear.Register;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The store that is known to be right, to try the tests themselves on.
 *
 * @param serializable whether to read what a node has, which may be old: this is to be found out
 */
record Etcd(boolean serializable) implements Software {

  @Override
  public List<String> command(int node, Network network) {
    String peer = "http://" + network.peer(node, Network.Use.RAFT);
    String clients = "http://%s:%d".formatted(network.clientHost(node), clientPort(node, network));
    String members =
        Network.nodes()
            .mapToObj(n -> "n%d=http://%s".formatted(n, network.peer(n, Network.Use.RAFT)))
            .collect(Collectors.joining(","));
    return List.of(
        "etcd",
        "--name=n" + node,
        "--data-dir=data",
        "--listen-peer-urls=" + peer,
        "--initial-advertise-peer-urls=" + peer,
        "--listen-client-urls=" + clients,
        "--advertise-client-urls=" + clients,
        "--initial-cluster=" + members,
        "--logger=zap");
  }

  @Override
  public Store store(int node, Network network) {
    return new Client(
        "http://%s:%d/v3".formatted(network.clientHost(node), clientPort(node, network)));
  }

  private static int clientPort(int node, Network network) {
    return network.port(node, Network.Use.CLIENTS);
  }

  /** One node over the JSON gateway. */
  private final class Client implements Store {
    private final String url;

    Client(String url) {
      this.url = url;
    }

    @Override
    public Reply call(String key, Register.Input input) {
      return call(input, request(key, input));
    }

    @Override
    public Reply put(String key, String value, String attempt) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean knowsAttempts() {
      return false;
    }

    @Override
    public Reply swap(Map<String, Register.Swap> writes) {
      return call(writes.values().iterator().next(), transaction(writes));
    }

    private Reply call(Register.Input input, JsonObject request) {
      try {
        Http.Answer answer = ask(path(input), request);
        return answer.status() == 200
            ? new Reply.Done(output(input, answer.json()))
            : new Reply.Unknown(answer.body());
      } catch (ConnectException | HttpConnectTimeoutException e) {
        return new Reply.NotDone(e.toString());
      } catch (IOException e) {
        return new Reply.Unknown(e.toString());
      }
    }

    private Http.Answer ask(String path, JsonObject body) throws IOException {
      return Http.ask("POST", url + path, Map.of(), body.encode());
    }

    private String path(Register.Input input) {
      if (input instanceof Register.Get) {
        return "/kv/range";
      }
      if (input instanceof Register.Put) {
        return "/kv/put";
      }
      return input instanceof Register.Delete ? "/kv/deleterange" : "/kv/txn";
    }

    private JsonObject request(String key, Register.Input input) {
      JsonObject named = new JsonObject().put("key", encoded(key));
      if (input instanceof Register.Get) {
        return named.put("serializable", serializable);
      }
      if (input instanceof Register.Put put) {
        return named.put("value", encoded(put.value()));
      }
      if (input instanceof Register.Swap swap) {
        return transaction(Map.of(key, swap));
      }
      return named;
    }

    private JsonObject transaction(Map<String, Register.Swap> writes) {
      JsonArray compares = new JsonArray();
      JsonArray puts = new JsonArray();
      writes.forEach(
          (key, swap) -> {
            JsonObject named = new JsonObject().put("key", encoded(key));
            compares.add(
                named
                    .copy()
                    .put("target", "MOD")
                    .put("result", "EQUAL")
                    .put("mod_revision", Long.toString(swap.expected())));
            puts.add(Map.of("request_put", named.put("value", encoded(swap.value()))));
          });
      return new JsonObject().put("compare", compares).put("success", puts);
    }

    private Register.Output output(Register.Input input, JsonObject answer) {
      long revision = number(answer.getJsonObject("header"), "revision");
      if (input instanceof Register.Get) {
        return entries(answer).stream()
            .findAny()
            .<Register.Output>map(entry -> new Register.Found(entry.value(), entry.revision()))
            .orElseGet(Register.Absent::new);
      }
      if (input instanceof Register.Delete) {
        return number(answer, "deleted") == 0
            ? new Register.Absent()
            : new Register.Deleted(revision);
      }
      return input instanceof Register.Swap && !answer.getBoolean("succeeded", false)
          ? new Register.Refused()
          : new Register.Written(revision);
    }

    @Override
    public String grant(Duration ttl) throws IOException {
      return done("/lease/grant", new JsonObject().put("TTL", ttl.toSeconds())).getString("ID");
    }

    @Override
    public void keepAlive(String lease) throws IOException {
      JsonObject answer = done("/lease/keepalive", new JsonObject().put("ID", lease));
      if (!answer.getJsonObject("result").containsKey("TTL")) {
        throw new IOException("the lease ended: " + answer);
      }
    }

    @Override
    public void putUnder(String lease, String key, String value) throws IOException {
      JsonObject unused =
          done(
              "/kv/put",
              new JsonObject()
                  .put("key", encoded(key))
                  .put("value", encoded(value))
                  .put("lease", lease));
    }

    private JsonObject done(String path, JsonObject body) throws IOException {
      Http.Answer answer = ask(path, body);
      if (answer.status() != 200) {
        throw new IOException(answer.body());
      }
      return answer.json();
    }

    @Override
    public List<Entry> list(String prefix) throws IOException {
      return entries(done("/kv/range", range(prefix)));
    }

    @Override
    public Watch watch(String prefix, long fromRevision) throws IOException {
      JsonObject wanted = range(prefix).put("start_revision", Long.toString(fromRevision));
      Http.Lines lines =
          Http.follow(
              "POST",
              url + "/watch",
              Map.of(),
              new JsonObject().put("create_request", wanted).encode());
      return new Watch() {
        @Override
        public Batch next() throws IOException {
          JsonObject result = new JsonObject(lines.next()).getJsonObject("result");
          List<Event> events = new ArrayList<>();
          objects(result, "events").forEach(event -> events.add(event(event)));
          long revision =
              events.isEmpty() ? fromRevision - 1 : events.get(events.size() - 1).revision();
          return new Batch(revision, events);
        }

        @Override
        public void close() {
          lines.close();
        }
      };
    }

    @Override
    public Status status() throws IOException {
      JsonObject answer = done("/maintenance/status", new JsonObject());
      return new Status(
          Long.parseUnsignedLong(answer.getJsonObject("header").getString("member_id")),
          Long.parseUnsignedLong(answer.getString("leader", "0")));
    }
  }

  private static JsonObject range(String prefix) {
    String end =
        prefix.substring(0, prefix.length() - 1) + (char) (prefix.charAt(prefix.length() - 1) + 1);
    return new JsonObject().put("key", encoded(prefix)).put("range_end", encoded(end));
  }

  private static List<Store.Entry> entries(JsonObject answer) {
    return objects(answer, "kvs")
        .map(
            entry ->
                new Store.Entry(
                    decoded(entry.getString("key")),
                    decoded(entry.getString("value")),
                    number(entry, "mod_revision")))
        .toList();
  }

  private static Store.Event event(JsonObject event) {
    JsonObject entry = event.getJsonObject("kv");
    return new Store.Event(
        number(entry, "mod_revision"),
        decoded(entry.getString("key")),
        decoded(entry.getString("value", "")));
  }

  private static Stream<JsonObject> objects(JsonObject holder, String name) {
    return holder.getJsonArray(name, new JsonArray()).stream().map(JsonObject.class::cast);
  }

  private static long number(JsonObject holder, String name) {
    return Long.parseLong(holder.getString(name, "0"));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String decoded(String text) {
    return new String(Base64.getDecoder().decode(text), StandardCharsets.UTF_8);
  }
}
