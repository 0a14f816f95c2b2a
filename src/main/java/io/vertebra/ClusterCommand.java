package io.vertebra;

import io.vertebra.http.ApiOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code vertebra cluster} does: asks a node about the members of the store. Blocks. */
final class ClusterCommand {
  private static final int CONNECT_TIMEOUT_MS = 2_000;

  /** A change ends when a new member has caught up, and after a minute in any case. */
  private static final int ANSWER_TIMEOUT_MS = 70_000;

  /** What must follow each word. */
  private static final Map<String, String> WORDS =
      Map.of("status", "", "add", " ADDRESS", "remove", " ID", "replace", " ID ADDRESS");

  private static final List<String> HEAD =
      List.of("ID", "ADDRESS", "ROLE", "REACHABLE", "COMMITTED", "APPLIED", "NAME");

  private final URI url;
  private final Optional<String> token;

  /**
   * @param url of the node's API
   * @param token to be sent along
   */
  ClusterCommand(URI url, Optional<String> token) {
    this.url = url;
    this.token = token;
  }

  /**
   * Accepts what {@link #run} understands.
   *
   * @throws IllegalArgumentException saying what is misspelt
   */
  static void check(List<String> words) {
    String wanted = words.isEmpty() ? null : WORDS.get(words.get(0));
    if (wanted == null) {
      throw new IllegalArgumentException("cluster wants status, add, remove or replace");
    }
    String[] names = wanted.split(" ", -1);
    boolean fits = words.size() == names.length;
    if (!fits || (names[names.length > 1 ? 1 : 0].equals("ID") && !isId(words.get(1)))) {
      throw new IllegalArgumentException(
          wanted.isEmpty()
              ? "nothing may follow cluster status"
              : "write cluster " + words.get(0) + wanted + ", an ID being 16 digits");
    }
  }

  private static boolean isId(String word) {
    return word.matches("[0-9a-f]{16}");
  }

  /** The token of the node that the options describe. */
  static Optional<String> token(ApiOptions options) throws IOException {
    Optional<Path> file = options.tokenFile();
    return file.isPresent() ? Optional.of(Files.readString(file.get()).strip()) : options.token();
  }

  /**
   * Does what the words say, and shows the members after it.
   *
   * @throws IOException saying why not
   */
  String run(List<String> words) throws IOException {
    JsonObject group =
        switch (words.get(0)) {
          case "add" -> ask("POST", "/members", Optional.of(at(words.get(1))));
          case "remove" -> ask("DELETE", "/members/" + words.get(1), Optional.empty());
          case "replace" -> {
            JsonObject by = new JsonObject().put("by", at(words.get(2)));
            yield ask("POST", "/members/" + words.get(1) + "/replace", Optional.of(by));
          }
          default -> ask("GET", "", Optional.empty());
        };
    String shown =
        "cluster %s, term %s%n%s"
            .formatted(
                group.getString("clusterId", "none"), group.getValue("term"), table(rows(group)));
    return words.get(0).equals("status") ? shown + queues() : shown;
  }

  /** The members of the queues' group; nothing where no node keeps queues. */
  private String queues() throws IOException {
    JsonObject group = ask("GET", "/queue", Optional.empty());
    return group.getJsonArray("members", new JsonArray()).isEmpty()
        ? ""
        : "%n%nqueues, term %s%n%s".formatted(group.getValue("term"), table(rows(group)));
  }

  private static JsonObject at(String address) {
    return new JsonObject().put("address", address);
  }

  private JsonObject ask(String method, String path, Optional<JsonObject> body) throws IOException {
    URI resource = url.resolve("/api/v1/raft" + path);
    if (!(resource.toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("is no HTTP address");
    }
    connection.setRequestMethod(method);
    connection.setConnectTimeout(CONNECT_TIMEOUT_MS);
    connection.setReadTimeout(ANSWER_TIMEOUT_MS);
    token.ifPresent(secret -> connection.setRequestProperty("Authorization", "Bearer " + secret));
    if (body.isPresent()) {
      connection.setRequestProperty("Content-Type", "application/json");
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body.get().encode().getBytes(StandardCharsets.UTF_8));
      }
    }
    return answer(connection);
  }

  private static JsonObject answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    boolean done = status == 200;
    try (InputStream in = done ? connection.getInputStream() : connection.getErrorStream()) {
      String text = in == null ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      JsonObject answer = text.isEmpty() ? new JsonObject() : new JsonObject(text);
      if (done) {
        return answer;
      }
      throw new IOException(answer.getString("detail", "answers " + status));
    } catch (DecodeException e) {
      throw new IOException("answers " + status + ", but no JSON", e);
    }
  }

  private static List<List<String>> rows(JsonObject group) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(HEAD);
    JsonArray members = group.getJsonArray("members", new JsonArray());
    for (int i = 0; i < members.size(); i++) {
      JsonObject member = members.getJsonObject(i);
      rows.add(
          List.of(
              member.getString("id"),
              member.getString("address"),
              member.getString("role"),
              member.getBoolean("reachable") ? "yes" : "no",
              String.valueOf(member.getValue("commitIndex", "-")),
              String.valueOf(member.getValue("appliedIndex", "-")),
              member.getString("name", "")));
    }
    return rows;
  }

  private static String table(List<List<String>> rows) {
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
    }
    return line.toString().stripTrailing();
  }
}
