package io.vertebra.http;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which pages of other sites browsers let read answers (the Fetch standard, section 3.3). Nobody
 * but a browser asks for this, so it keeps nobody else out.
 *
 * @param origins as {@code https://app.example.com}, or {@code *} for any; none by default
 * @param methods beyond GET, HEAD and POST that they may use; default none
 * @param headers that they may send beyond those of any form, in lower case; default none
 * @param exposed headers of answers that they may read beyond the usual ones; default none
 * @param maxAge how long a browser keeps an answer about this; JSON {@code maxAgeMs}, 0 to 24 h, 10
 *     min unless given
 * @param credentials whether cookies and certificates come along; default false
 */
public record CorsOptions(
    List<String> origins,
    List<String> methods,
    List<String> headers,
    List<String> exposed,
    Duration maxAge,
    boolean credentials) {
  private static final String ANY = "*";
  private static final int MAX_ORIGINS = 200;
  private static final int MAX_NAMES = 50;
  private static final int MAX_NAME = 100;
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([a-z0-9.-]+|\\[[0-9a-f:]+])(:[0-9]{1,5})?");
  private static final Pattern TOKEN = Pattern.compile("[!#$%&'+.^_`|~0-9A-Za-z-]+");

  public CorsOptions {
    origins = List.copyOf(origins);
    methods = List.copyOf(methods);
    headers = List.copyOf(headers);
    exposed = List.copyOf(exposed);
    if (credentials && origins.contains(ANY)) {
      throw Failure.invalid("/credentials", "and any origin exclude each other");
    }
  }

  public static CorsOptions from(Fields fields) {
    List<String> origins =
        fields
            .texts("origins", MAX_ORIGINS, 300)
            .matching(
                list -> list.stream().allMatch(each -> each.equals(ANY) || isOrigin(each)),
                "must hold origins as https://app.example.com, in lower case, or *")
            .about("Origins whose pages may read answers; * for any.")
            .orElse(List.of());
    List<String> methods = names(fields, "methods", "Methods they may use beyond GET, HEAD, POST.");
    List<String> headers = names(fields, "headers", "Headers they may send.");
    List<String> exposed = names(fields, "exposed", "Headers of answers they may read.");
    Duration maxAge =
        fields
            .millis("maxAgeMs", 0, 86_400_000)
            .about("How long browsers keep what they are told about this.")
            .orElse(Duration.ofMinutes(10));
    boolean credentials =
        fields
            .flag("credentials")
            .about("Whether cookies and certificates come along.")
            .orElse(false);
    return fields.build(
        () -> new CorsOptions(origins, methods, headers, exposed, maxAge, credentials));
  }

  private static List<String> names(Fields fields, String name, String about) {
    return fields
        .texts(name, MAX_NAMES, MAX_NAME)
        .matching(
            list -> list.stream().allMatch(TOKEN.asMatchPredicate()),
            "must hold names, none of them *")
        .about(about)
        .orElse(List.of());
  }

  /** Whether a text is an origin as browsers send it. */
  public static boolean isOrigin(String text) {
    return ORIGIN.matcher(text).matches();
  }

  public JsonObject toJson() {
    return new JsonObject()
        .put("origins", new JsonArray(new ArrayList<>(origins)))
        .put("methods", new JsonArray(new ArrayList<>(methods)))
        .put("headers", new JsonArray(new ArrayList<>(headers)))
        .put("exposed", new JsonArray(new ArrayList<>(exposed)))
        .put("maxAgeMs", maxAge.toMillis())
        .put("credentials", credentials);
  }

  /** Whether pages of this origin are named, and not just let read as any are. */
  public boolean names(String origin) {
    return !origin.equals(ANY) && origins.contains(origin);
  }

  private boolean allows(@Nullable String origin) {
    return origin != null && (origins.contains(ANY) || names(origin));
  }

  /** Whether a browser asks what it may send. */
  public static boolean isPreflight(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS)
        && request.headers().contains("origin")
        && request.headers().contains("access-control-request-method");
  }

  /** Writes to the head of an answer, whatever it will be, who may read it. */
  public void mark(HttpServerRequest request) {
    MultiMap answer = request.response().headers();
    if (!origins.contains(ANY)) {
      answer.add("vary", "origin");
    }
    String origin = request.getHeader("origin");
    if (!allows(origin)) {
      return;
    }
    answer.set("access-control-allow-origin", origins.contains(ANY) ? ANY : origin);
    if (credentials) {
      answer.set("access-control-allow-credentials", "true");
    }
    if (!exposed.isEmpty()) {
      answer.set("access-control-expose-headers", String.join(", ", exposed));
    }
  }

  /**
   * Answers a browser that asks what it may send; the head was marked before.
   *
   * @return the status: 204, or 403 for an origin that may not
   */
  public int answerPreflight(HttpServerRequest request) {
    HttpServerResponse response = request.response();
    boolean allowed = allows(request.getHeader("origin"));
    if (allowed) {
      List<String> all = new ArrayList<>(List.of("GET", "HEAD", "POST"));
      methods.stream()
          .map(method -> method.toUpperCase(Locale.ROOT))
          .filter(method -> !all.contains(method))
          .forEach(all::add);
      response.putHeader("access-control-allow-methods", String.join(", ", all));
      response.putHeader("access-control-max-age", Long.toString(maxAge.toSeconds()));
      if (!headers.isEmpty()) {
        response.putHeader("access-control-allow-headers", String.join(", ", headers));
      }
    }
    int status = allowed ? 204 : 403;
    Future<Void> unused = response.setStatusCode(status).end();
    return status;
  }
}
