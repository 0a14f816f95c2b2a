package io.vertebra.gateway;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.http.RequestPath;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request that is not sent.
 *
 * @param method as in a request line
 * @param host with or without a port
 * @param path without dot segments
 * @param headers by name in lower case
 * @param client the address of the client; empty if it is not told
 */
record ExplainRequest(
    String method, String host, String path, Map<String, String> headers, String client) {

  static ExplainRequest from(Fields fields) {
    String method =
        fields
            .text("method", 1, 30)
            .matching(word -> word.matches("[A-Z-]+"), "must be in capitals")
            .orElse("GET");
    String url =
        fields
            .text("url", 1, 8192)
            .about("An absolute URL, or a path for any host.")
            .matching(ExplainRequest::isUrl, "must be a URL such as http://host/path")
            .required();
    List<String> headers =
        fields
            .texts("header", 100, 8192)
            .about("Header fields, each as Name: value.")
            .matching(
                lines -> lines.stream().allMatch(line -> line.indexOf(':') > 0),
                "must hold header fields written as Name: value")
            .orElse(List.of());
    String client =
        fields.text("client", 0, 50).about("The address of the client, for hashing.").orElse("");
    return fields.build(() -> of(method, URI.create(url), headers, client));
  }

  @Nullable String cookie(String name) {
    for (String pair : headers.getOrDefault("cookie", "").split(";", -1)) {
      String[] parts = pair.strip().split("=", 2);
      if (parts.length == 2 && parts[0].equals(name)) {
        return parts[1];
      }
    }
    return null;
  }

  private static ExplainRequest of(String method, URI url, List<String> lines, String client) {
    Map<String, String> headers = new HashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      headers.put(
          line.substring(0, colon).strip().toLowerCase(Locale.ROOT),
          line.substring(colon + 1).strip());
    }
    String authority = url.getRawAuthority();
    String host = authority == null ? headers.getOrDefault("host", "") : authority;
    String path = url.getRawPath();
    try {
      String asked = path == null || path.isEmpty() ? "/" : path;
      return new ExplainRequest(method, host, RequestPath.normalise(asked), headers, client);
    } catch (Failure badPath) {
      throw Failure.invalid("/url", String.valueOf(badPath.getMessage()));
    }
  }

  private static boolean isUrl(String text) {
    try {
      return URI.create(text).getRawPath() != null;
    } catch (IllegalArgumentException malformed) {
      return false;
    }
  }
}
