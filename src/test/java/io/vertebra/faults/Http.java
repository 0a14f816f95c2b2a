package io.vertebra.faults;

import io.vertx.core.json.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;

/** Asks a node over HTTP. Sends a request that is no GET once and never again. */
final class Http {
  /** Longer than a node takes to say that it does not know. */
  static final Duration TIMEOUT = Duration.ofSeconds(6);

  private static final HttpClient CLIENT =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private Http() {}

  record Answer(int status, String body) {
    JsonObject json() {
      return new JsonObject(body);
    }
  }

  /** Fails with a {@link ConnectException} or a timeout of connecting if nothing was sent. */
  static Answer ask(String method, String url, Map<String, String> headers, String body)
      throws IOException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url))
            .timeout(TIMEOUT)
            .method(method, HttpRequest.BodyPublishers.ofString(body));
    headers.forEach(request::header);
    try {
      HttpResponse<String> response =
          CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofString());
      return new Answer(response.statusCode(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The lines of an answer without an end; reading one fails after 3 s of silence. */
  static Lines follow(String method, String url, Map<String, String> headers, String body)
      throws IOException {
    if (!(URI.create(url).toURL().openConnection() instanceof HttpURLConnection connection)) {
      throw new IOException("not HTTP: " + url);
    }
    connection.setConnectTimeout(1_000);
    connection.setReadTimeout(3_000);
    connection.setRequestMethod(method);
    headers.forEach(connection::setRequestProperty);
    if (!body.isEmpty()) {
      connection.setDoOutput(true);
      connection.getOutputStream().write(body.getBytes(StandardCharsets.UTF_8));
    }
    return new Lines(
        connection,
        new BufferedReader(
            new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8)));
  }

  record Lines(HttpURLConnection connection, BufferedReader reader) {
    String next() throws IOException {
      String line = reader.readLine();
      if (line == null) {
        throw new IOException("the answer ended");
      }
      return line;
    }

    void close() {
      connection.disconnect();
    }
  }
}
