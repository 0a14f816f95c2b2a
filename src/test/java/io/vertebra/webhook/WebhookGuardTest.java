package io.vertebra.webhook;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.dns.AddressResolverOptions;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class WebhookGuardTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);

  private final Vertx vertx =
      Vertx.vertx(
          new VertxOptions()
              .setAddressResolverOptions(
                  new AddressResolverOptions()
                      .setHostsValue(
                          Buffer.buffer(
                              "127.0.0.1 localhost\n"
                                  + "10.0.0.7 inside.test\n"
                                  + "169.254.169.254 metadata.test\n"
                                  + "9.9.9.9 outside.test\n"))));

  @AfterEach
  void close() {
    await(vertx.close());
  }

  private RequestOptions admit(String url, String... hosts) {
    WebhookGuard guard = new WebhookGuard(vertx, AllowedHosts.of(List.of(hosts)));
    return await(guard.admit(WebhookGuard.url(url, "/url"), HttpMethod.POST, TIMEOUT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:80/",
        "http://localhost/",
        "http://LOCALHOST./",
        "http://inside.test/",
        "http://metadata.test/latest",
        "http://169.254.169.254/latest",
        "http://[::1]/",
        "http://[::ffff:127.0.0.1]/",
        "http://[::ffff:7f00:1]/",
        "http://0.0.0.0/"
      })
  void refusesAddressesThatAreNotAllowedHoweverTheyAreWritten(String url) {
    Failure failure = Failure.of(catchThrowable(() -> admit(url, "public")));
    assertThat(failure.code()).isIn(FailureCode.FORBIDDEN, FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessageMatching("webhook.hosts allows no address of .*|.* is not known");
  }

  @Test
  void bindsTheRequestToTheAddressThatWasLookedAt() {
    RequestOptions options = admit("https://outside.test/a%20b?c=d", "public");
    assertThat(((SocketAddress) options.getServer()).hostAddress()).isEqualTo("9.9.9.9");
    assertThat(((SocketAddress) options.getServer()).port()).isEqualTo(443);
    assertThat(options.getHost()).isEqualTo("outside.test");
    assertThat(options.getURI()).isEqualTo("/a%20b?c=d");
    assertThat(options.isSsl()).isTrue();
    assertThat(options.getFollowRedirects()).isFalse();
  }

  @Test
  void allowsANameWhereverItIs() {
    RequestOptions options = admit("http://inside.test:8080", "*.test");
    assertThat(((SocketAddress) options.getServer()).hostAddress()).isEqualTo("10.0.0.7");
    assertThat(options.getURI()).isEqualTo("/");
  }

  @Test
  void saysThatAHostIsNotKnown() {
    Failure failure = Failure.of(catchThrowable(() -> admit("http://nowhere.invalid/", "public")));
    assertThat(failure.code()).isEqualTo(FailureCode.UNAVAILABLE);
    assertThat(failure).hasMessage("the host nowhere.invalid is not known");
  }

  @Test
  void refusesALiteralBeforeItIsKept() {
    WebhookGuard guard = new WebhookGuard(vertx, AllowedHosts.of(List.of("public", "10.0.0.0/8")));
    assertThatCode(() -> guard.require(WebhookGuard.url("http://10.1.1.1/", "/url"), "/url"))
        .doesNotThrowAnyException();
    assertThatThrownBy(() -> guard.require(WebhookGuard.url("http://[::1]/", "/url"), "/url"))
        .hasMessage("/url must be of a host that webhook.hosts allows");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://a/", "http:///x", "a", "http://u:p@a/", "http://a:99999/", "http://a b/"})
  void refusesWhatIsNoUrlOfAServer(String url) {
    assertThatThrownBy(() -> WebhookGuard.url(url, "/url")).hasMessageContaining("/url must be");
  }

  @Test
  void reachesTheServerUnderItsName() {
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(request -> request.response().end(request.authority().toString()))
                .listen(0, "127.0.0.1"));
    RequestOptions options = admit("http://localhost:" + server.actualPort() + "/", "loopback");
    HttpClient client = vertx.createHttpClient();
    Buffer body =
        await(
            client
                .request(options)
                .compose(request -> request.send().compose(answer -> answer.body())));
    assertThat(body).hasToString("localhost:" + server.actualPort());
  }
}
