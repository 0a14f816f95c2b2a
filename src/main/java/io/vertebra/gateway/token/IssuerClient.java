package io.vertebra.gateway.token;

import io.vertebra.route.RouteAuth;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemTrustOptions;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Fetches what issuers publish. Answers are bounded in length and time; redirects are failures. */
final class IssuerClient {
  /** Longest document. */
  static final int MAX_BYTES = 256 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(IssuerClient.class);
  private static final int CONNECTIONS = 2;
  private static final String DISCOVERY = "/.well-known/openid-configuration";
  private static final Pattern MAX_AGE = Pattern.compile("(?:^|[,\\s])max-age=\"?([0-9]{1,9})\"?");

  private final Vertx vertx;
  private final HttpClientAgent client;
  private final long timeoutMs;

  /** A document and how long it may be kept. */
  private record Fetched(JsonObject document, Optional<Duration> maxAge) {}

  IssuerClient(Vertx vertx, TokenOptions options) {
    this.vertx = vertx;
    this.timeoutMs = options.fetchTimeout().toMillis();
    HttpClientOptions settings =
        new HttpClientOptions()
            .setConnectTimeout((int) timeoutMs)
            .setKeepAliveTimeout(5)
            .setMaxHeaderSize(16 * 1024);
    options
        .trustPath()
        .ifPresent(
            path -> settings.setTrustOptions(new PemTrustOptions().addCertPath(path.toString())));
    this.client = vertx.createHttpClient(settings, new PoolOptions().setHttp1MaxSize(CONNECTIONS));
  }

  /**
   * The keys of an issuer.
   *
   * @param jwksUri where they are; by default the discovery document tells, which must be of the
   *     issuer itself
   */
  Future<JwkSet> keys(String issuer, Optional<String> jwksUri) {
    return jwksUri
        .map(Future::succeededFuture)
        .orElseGet(() -> get(issuer + DISCOVERY).map(found -> keyUri(found.document(), issuer)))
        .compose(this::get)
        .map(found -> JwkSet.from(found.document(), found.maxAge()))
        .timeout(timeoutMs, TimeUnit.MILLISECONDS);
  }

  private static String keyUri(JsonObject document, String issuer) {
    if (!issuer.equals(document.getValue("issuer"))) {
      throw new DecodeException("the discovery document is of another issuer");
    }
    if (document.getValue("jwks_uri") instanceof String uri && RouteAuth.isSecure(uri)) {
      return uri;
    }
    throw new DecodeException("the discovery document has no jwks_uri of https");
  }

  private Future<Fetched> get(String uri) {
    RequestOptions wanted =
        new RequestOptions()
            .setMethod(HttpMethod.GET)
            .setAbsoluteURI(uri)
            .setFollowRedirects(false)
            .setTimeout(timeoutMs)
            .addHeader("accept", "application/json");
    return client.request(wanted).compose(this::send).timeout(2 * timeoutMs, TimeUnit.MILLISECONDS);
  }

  private Future<Fetched> send(HttpClientRequest request) {
    request.exceptionHandler(IssuerClient::told);
    long timer = vertx.setTimer(timeoutMs, late -> request.reset());
    return request.send().compose(this::read).onComplete(done -> vertx.cancelTimer(timer));
  }

  private Future<Fetched> read(HttpClientResponse response) {
    if (response.statusCode() != 200) {
      response.exceptionHandler(IssuerClient::told);
      Future<Void> unused = response.request().reset();
      return Future.failedFuture("status " + response.statusCode());
    }
    Optional<Duration> maxAge = maxAge(response.getHeader("cache-control"));
    return body(response).map(body -> new Fetched(new JsonObject(body), maxAge));
  }

  /** Whoever waits for the answer is told the same. */
  private static void told(Throwable cause) {
    LOG.debug("gateway.issuer reset cause={}", cause.toString());
  }

  private static Future<Buffer> body(HttpClientResponse response) {
    Promise<Buffer> whole = Promise.promise();
    Buffer read = Buffer.buffer();
    response.handler(
        chunk -> {
          if (read.length() + chunk.length() > MAX_BYTES) {
            whole.tryFail("the document is longer than " + MAX_BYTES + " bytes");
            Future<Void> unused = response.request().reset();
          } else {
            Buffer unused = read.appendBuffer(chunk);
          }
        });
    response.exceptionHandler(whole::tryFail);
    response.endHandler(end -> whole.tryComplete(read));
    return whole.future();
  }

  /** RFC 9111 section 5.2.2.1. */
  private static Optional<Duration> maxAge(@Nullable String cacheControl) {
    String told = String.valueOf(cacheControl).toLowerCase(Locale.ROOT);
    if (told.contains("no-store") || told.contains("no-cache")) {
      return Optional.of(Duration.ZERO);
    }
    Matcher found = MAX_AGE.matcher(told);
    return found.find()
        ? Optional.of(Duration.ofSeconds(Long.parseLong(found.group(1))))
        : Optional.empty();
  }
}
