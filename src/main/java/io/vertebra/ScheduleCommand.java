package io.vertebra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** What {@code vertebra schedule} does: lists, previews and triggers schedules. Blocks. */
final class ScheduleCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);
  private static final String SCHEDULES = "/api/v1/schedules";

  private final URI url;
  private final Optional<String> token;
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
  ScheduleCommand(URI url, Optional<String> token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Accepts what {@link #run} understands.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static void check(List<String> words) {
    String first = words.isEmpty() ? "" : words.get(0);
    if (!List.of("list", "preview", "trigger").contains(first)) {
      throw new IllegalArgumentException("schedule wants list, preview or trigger");
    }
    if (words.size() != (first.equals("list") ? 1 : 2)) {
      throw new IllegalArgumentException(
          "write schedule " + (first.equals("list") ? first : first + " NAME"));
    }
  }

  /**
   * Does what the words say, and tells what came of it.
   *
   * @throws IOException saying why not
   */
  String run(List<String> words) throws IOException {
    return switch (words.get(0)) {
      case "list" -> list();
      case "preview" -> preview(words.get(1));
      default ->
          ask(request(words.get(1), "/trigger").POST(BodyPublishers.noBody()))
              .getString("occurrence");
    };
  }

  private String list() throws IOException {
    StringBuilder lines = new StringBuilder();
    String cursor = "";
    do {
      JsonObject part = ask(request(SCHEDULES + "?cursor=" + escaped(cursor)).GET());
      for (Object each : part.getJsonArray("items")) {
        JsonObject schedule = (JsonObject) each;
        String next = schedule.getBoolean("paused") ? "paused" : schedule.getString("next", "-");
        lines.append(schedule.getString("name")).append(' ').append(next).append('\n');
      }
      cursor = part.getString("cursor", "");
    } while (!cursor.isEmpty());
    return lines.toString().stripTrailing();
  }

  private String preview(String name) throws IOException {
    JsonObject preview = ask(request(name, "/preview").GET());
    StringBuilder lines = new StringBuilder();
    append(lines, preview.getJsonArray("firings"), "");
    append(lines, preview.getJsonArray("skipped"), "not ");
    return lines.toString().stripTrailing();
  }

  private static void append(StringBuilder lines, JsonArray times, String before) {
    for (Object each : times) {
      JsonObject time = (JsonObject) each;
      lines
          .append(before)
          .append(time.getString("at"))
          .append(' ')
          .append(time.getString("reason"))
          .append('\n');
    }
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder request(String name, String operation) {
    return request(SCHEDULES + "/" + escaped(name) + operation);
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path)).timeout(TIMEOUT);
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private JsonObject ask(HttpRequest.Builder request) throws IOException {
    try {
      HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
      JsonObject answer = new JsonObject(response.body());
      if (response.statusCode() != 200) {
        throw new IOException(answer.getString("detail", "answers " + response.statusCode()));
      }
      return answer;
    } catch (DecodeException e) {
      throw new IOException("answers no JSON", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }
}
