package io.vertebra.etcd;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;

/** Asks a gateway, and makes answers of two of them comparable. */
final class GatewayClient {
  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private final int port;

  GatewayClient(int port) {
    this.port = port;
  }

  /**
   * An answer, one value per line of the body, in which is left out what cannot be equal: whose it
   * is, the election, how much of a lease is left.
   */
  record Answer(int status, List<JsonObject> results) {
    JsonObject only() {
      return results.get(0);
    }
  }

  Answer post(String path, String body) {
    HttpRequest request =
        to(path)
            .header("content-type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = send(request);
    return new Answer(
        response.statusCode(),
        response.body().lines().map(line -> comparable(new JsonObject(line))).toList());
  }

  String get(String path) {
    return send(to(path).GET().build()).body();
  }

  private HttpRequest.Builder to(String path) {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(10));
  }

  private static HttpResponse<String> send(HttpRequest request) {
    try {
      return CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      throw new AssertionError(request.toString(), e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  static JsonObject comparable(JsonObject json) {
    json.remove("cluster_id");
    json.remove("member_id");
    json.remove("raft_term");
    if (json.containsKey("grantedTTL")) {
      json.remove("TTL");
    }
    for (String name : List.copyOf(json.fieldNames())) {
      Object value = json.getValue(name);
      if (value instanceof JsonObject within) {
        comparable(within);
      } else if (value instanceof JsonArray list) {
        list.stream()
            .filter(JsonObject.class::isInstance)
            .forEach(each -> comparable((JsonObject) each));
        if (name.equals("leases") || name.equals("keys")) {
          json.put(name, sorted(list));
        }
      }
    }
    return json;
  }

  /** For lists whose order etcd leaves open. */
  private static JsonArray sorted(JsonArray list) {
    return new JsonArray(list.stream().sorted(Comparator.comparing(Object::toString)).toList());
  }
}
