package io.vertebra;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertebra.kv.Bytes;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What {@code vertebra config} does: reads and changes configuration at a node. Blocks. */
final class ConfigCommand {
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** What must follow each word; what may follow is in brackets. */
  private static final Map<String, List<String>> WORDS =
      Map.of(
          "get", List.of("NAMESPACE", "KEY"),
          "set", List.of("NAMESPACE", "KEY", "[VALUE]"),
          "edit", List.of("NAMESPACE", "KEY"),
          "diff", List.of("NAMESPACE", "FROM", "[TO]"),
          "watch", List.of("NAMESPACE", "[PREFIX]"),
          "import", List.of("NAMESPACE", "FOLDER"),
          "export", List.of("NAMESPACE", "FOLDER"));

  static final Set<String> FLAGS = Set.of("--reveal", "--secret", "--replace");

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
  ConfigCommand(URI url, Optional<String> token, InputStream in, PrintStream out) {
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
      throw new IllegalArgumentException(
          "config wants get, set, edit, diff, watch, import or export");
    }
    long least = wanted.stream().filter(word -> !word.startsWith("[")).count();
    if (words.size() - 1 < least || words.size() - 1 > wanted.size()) {
      throw new IllegalArgumentException(
          "write config " + words.get(0) + " " + String.join(" ", wanted));
    }
  }

  /**
   * Does what the words say.
   *
   * @throws IOException saying why not
   */
  void run(List<String> words, Set<String> flags) throws IOException {
    String namespace = words.get(1);
    String second = words.size() > 2 ? words.get(2) : "";
    String third = words.size() > 3 ? words.get(3) : "";
    switch (words.get(0)) {
      case "get" -> out.write(get(namespace, second, flags.contains("--reveal")).value().toArray());
      case "set" -> {
        byte[] value = words.size() > 3 ? third.getBytes(UTF_8) : in.readAllBytes();
        out.println(put(namespace, second, value, flags.contains("--secret"), -1));
      }
      case "edit" -> out.println(edit(namespace, second, flags.contains("--reveal")));
      case "diff" -> out.print(diff(namespace, second, third));
      case "watch" -> watch(namespace, second);
      case "import" -> out.println(load(namespace, Path.of(second), flags.contains("--replace")));
      default -> out.println(export(namespace, Path.of(second)));
    }
    out.flush();
  }

  private record Value(Bytes value, long revision) {}

  private Value get(String namespace, String key, boolean reveal) throws IOException {
    JsonObject answer = ask(request(keyPath(namespace, key) + "?reveal=" + reveal).GET());
    if (answer.getString("value") == null) {
      throw new IOException(key + " is a secret; --reveal shows it");
    }
    return new Value(
        Bytes.wrap(Base64.getDecoder().decode(answer.getString("value"))),
        answer.getLong("revision"));
  }

  private String put(String namespace, String key, byte[] value, boolean secret, long ifRevision)
      throws IOException {
    JsonObject body =
        signed().put("value", Base64.getEncoder().encodeToString(value)).put("secret", secret);
    if (ifRevision >= 0) {
      body.put("ifRevision", ifRevision);
    }
    return "revision " + ask(json(keyPath(namespace, key), "PUT", body)).getLong("revision");
  }

  private static JsonObject signed() {
    return new JsonObject().put("author", System.getProperty("user.name", ""));
  }

  private String edit(String namespace, String key, boolean reveal) throws IOException {
    Value before = get(namespace, key, reveal);
    Path file = Files.createTempFile("vertebra-", "-" + key.replace('/', '-'));
    try {
      Files.write(file, before.value().toArray());
      runEditor(file);
      byte[] after = Files.readAllBytes(file);
      return before.value().equals(Bytes.wrap(after))
          ? "nothing changed"
          : put(namespace, key, after, false, before.revision());
    } finally {
      Files.delete(file);
    }
  }

  private static void runEditor(Path file) throws IOException {
    String editor = System.getenv().getOrDefault("EDITOR", "vi");
    Process process =
        new ProcessBuilder("sh", "-c", editor + " \"$1\"", "sh", file.toString())
            .inheritIO()
            .start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(editor + " ended with " + process.exitValue());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private String diff(String namespace, String from, String to) throws IOException {
    String query = "/diff?from=" + escaped(from) + "&to=" + (to.isEmpty() ? "0" : escaped(to));
    StringBuilder text = new StringBuilder();
    for (Object each : ask(request(path(namespace) + query).GET()).getJsonArray("changes")) {
      JsonObject change = (JsonObject) each;
      String hidden = change.getString("change") + " " + change.getString("key") + "\n";
      text.append(change.getString("diff", hidden));
    }
    return text.toString();
  }

  /** Prints every change as a line of JSON until the node ends the stream. */
  private void watch(String namespace, String prefix) throws IOException {
    HttpRequest request =
        request(path(namespace) + "/watch?prefix=" + escaped(prefix))
            .header("Accept", "text/event-stream")
            .GET()
            .build();
    HttpResponse<InputStream> response = send(request);
    try (BufferedReader lines = new BufferedReader(new InputStreamReader(response.body(), UTF_8))) {
      if (response.statusCode() != 200) {
        throw refused(response.statusCode(), lines.readLine());
      }
      String line = lines.readLine();
      while (line != null) {
        if (line.startsWith("data:")) {
          JsonArray changes = new JsonObject(line.substring(5)).getJsonArray("changes");
          if (changes != null) {
            changes.forEach(out::println);
            out.flush();
          }
        }
        line = lines.readLine();
      }
    }
    throw new IOException("the node ended the watch");
  }

  private String load(String namespace, Path folder, boolean replace) throws IOException {
    JsonArray items = new JsonArray();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String key = folder.relativize(file).toString().replace('\\', '/');
        String value = Base64.getEncoder().encodeToString(Files.readAllBytes(file));
        items.add(new JsonObject().put("key", key).put("value", value));
      }
    }
    JsonObject body = signed().put("items", items).put("replace", replace);
    long revision = ask(json(path(namespace) + "/import", "POST", body)).getLong("revision");
    return items.size() + " files, revision " + revision;
  }

  private String export(String namespace, Path folder) throws IOException {
    JsonObject view = ask(request(path(namespace)).GET());
    int written = 0;
    for (Object each : view.getJsonArray("items")) {
      JsonObject item = (JsonObject) each;
      if (!item.getBoolean("secret")) {
        Path file = folder.resolve(item.getString("key")).normalize();
        if (!file.startsWith(folder.normalize())) {
          throw new IOException(item.getString("key") + " is no name of a file in " + folder);
        }
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.write(file, value(item));
        written++;
      }
    }
    return written + " files of revision " + view.getLong("revision");
  }

  private static byte[] value(JsonObject item) {
    String text = item.getString("text");
    return text == null
        ? Base64.getDecoder().decode(item.getString("value"))
        : text.getBytes(UTF_8);
  }

  private static String path(String namespace) {
    return "/api/v1/config/" + escaped(namespace);
  }

  private static String keyPath(String namespace, String key) {
    return path(namespace) + "/keys/" + escaped(key);
  }

  private static String escaped(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private HttpRequest.Builder json(String path, String method, JsonObject body) {
    return request(path)
        .header("Content-Type", "application/json")
        .method(method, BodyPublishers.ofString(body.encode()));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
    token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
    return request;
  }

  private HttpResponse<InputStream> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, BodyHandlers.ofInputStream());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private JsonObject ask(HttpRequest.Builder request) throws IOException {
    HttpResponse<InputStream> response = send(request.timeout(TIMEOUT).build());
    try (InputStream body = response.body()) {
      String text = new String(body.readAllBytes(), UTF_8);
      if (response.statusCode() != 200) {
        throw refused(response.statusCode(), text);
      }
      return new JsonObject(text);
    } catch (DecodeException e) {
      throw new IOException("answers no JSON", e);
    }
  }

  private static IOException refused(int status, String text) {
    try {
      return new IOException(new JsonObject(text).getString("detail", "answers " + status));
    } catch (DecodeException e) {
      return new IOException("answers " + status, e);
    }
  }
}
