package io.vertebra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code vertebra queue}: sends and receives messages, and moves dead letters, at a node. */
final class QueueCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final int WAIT_MS = 1_000;

  /** What must follow each word; what may follow is in brackets. */
  private static final Map<String, List<String>> WORDS =
      Map.of(
          "send", List.of("QUEUE", "[BODY]"),
          "receive", List.of("QUEUE", "[GROUP]"),
          "redrive", List.of("QUEUE", "[TO]"));

  static final Set<String> FLAGS = Set.of("--preview", "--keep");

  private final URI url;
  private final Optional<String> token;
  private final InputStream in;
  private final PrintStream out;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(2))
          .build();

  /**
   * Asks a node.
   *
   * @param url of its API
   * @param token to be sent along
   */
  QueueCommand(URI url, Optional<String> token, InputStream in, PrintStream out) {
    this.url = url;
    this.token = token;
    this.in = in;
    this.out = out;
  }

  /**
   * Accepts what {@link #run} understands.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static void check(List<String> words) {
    List<String> wanted = words.isEmpty() ? null : WORDS.get(words.get(0));
    if (wanted == null) {
      throw new IllegalArgumentException("queue wants send, receive or redrive");
    }
    if (words.size() < 2 || words.size() - 1 > wanted.size()) {
      throw new IllegalArgumentException(
          "write queue " + words.get(0) + " " + String.join(" ", wanted));
    }
  }

  /**
   * Does what the words say.
   *
   * @throws IOException saying why not
   */
  void run(List<String> words, Set<String> flags) throws IOException {
    String path = "/api/v1/queues/" + URLEncoder.encode(words.get(1), UTF_8).replace("+", "%20");
    Optional<String> third = words.stream().skip(2).findFirst();
    switch (words.get(0)) {
      case "send" -> {
        byte[] body = third.isPresent() ? third.get().getBytes(UTF_8) : in.readAllBytes();
        JsonObject message =
            new JsonObject().put("bodyBase64", Base64.getEncoder().encodeToString(body));
        out.println(ask(path + "/messages", message).getString("id"));
      }
      case "receive" -> receive(path, third, flags.contains("--keep"));
      default -> {
        JsonObject request = new JsonObject().put("preview", flags.contains("--preview"));
        third.ifPresent(to -> request.put("to", to));
        out.println(ask(path + "/redrive", request).encode());
      }
    }
    out.flush();
  }

  /** Prints the body of a message, then acknowledges it. */
  private void receive(String path, Optional<String> group, boolean keep) throws IOException {
    JsonObject request = new JsonObject().put("waitMs", WAIT_MS);
    group.ifPresent(name -> request.put("group", name));
    JsonArray messages = ask(path + "/receive", request).getJsonArray("messages");
    if (messages.isEmpty()) {
      throw new IOException("there is no message");
    }
    JsonObject message = messages.getJsonObject(0);
    String text = message.getString("body");
    out.write(
        text == null
            ? Base64.getDecoder().decode(message.getString("bodyBase64"))
            : text.getBytes(UTF_8));
    out.println();
    JsonObject item = new JsonObject().put("receipt", message.getString("receipt"));
    JsonArray items = new JsonArray().add(keep ? item.put("release", true) : item);
    JsonObject settled =
        ask(path + (keep ? "/nack" : "/ack"), new JsonObject().put("items", items));
    String detail = settled.getJsonArray("items").getJsonObject(0).getString("detail");
    if (detail != null) {
      throw new IOException(detail);
    }
  }

  private JsonObject ask(String path, JsonObject request) throws IOException {
    HttpRequest.Builder asked =
        HttpRequest.newBuilder(url.resolve(path))
            .timeout(TIMEOUT)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(request.encode()));
    token.ifPresent(secret -> asked.header("Authorization", "Bearer " + secret));
    try {
      HttpResponse<String> response = client.send(asked.build(), BodyHandlers.ofString());
      JsonObject answer = new JsonObject(response.body());
      if (response.statusCode() != 200) {
        throw new IOException(answer.getString("detail", "answers " + response.statusCode()));
      }
      return answer;
    } catch (ConnectException e) {
      throw new IOException("does not answer", e);
    } catch (DecodeException e) {
      throw new IOException("answers no JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
