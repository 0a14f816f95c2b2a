package io.vertebra.registry;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.registry.CheckDefinition.Http;
import io.vertebra.registry.CheckDefinition.Tcp;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CheckProbeTest {
  private static final Duration SOON = Duration.ofMillis(300);

  private final Vertx vertx = Vertx.vertx();
  private final CheckProbe probe = new CheckProbe(vertx, RegistryOptions.Checks.DEFAULTS);
  private int port;

  @BeforeEach
  void listen() {
    HttpServer server =
        await(
            vertx
                .createHttpServer()
                .requestHandler(
                    request -> {
                      switch (request.path()) {
                        case "/silent" -> {}
                        case "/long" -> request.response().end("x".repeat(100_000));
                        case "/echo" ->
                            request
                                .body()
                                .compose(
                                    body ->
                                        request
                                            .response()
                                            .end(
                                                request.method()
                                                    + " "
                                                    + request.getHeader("x-who")
                                                    + " "
                                                    + body))
                                .onFailure(Throwable::printStackTrace);
                        default ->
                            request
                                .response()
                                .setStatusCode(Integer.parseInt(request.path().substring(1)))
                                .putHeader("location", "/200")
                                .end()
                                .onFailure(Throwable::printStackTrace);
                      }
                    })
                .listen(0, "127.0.0.1"));
    port = server.actualPort();
  }

  @AfterEach
  void close() {
    await(vertx.close());
  }

  @Test
  void aStatusOf2xxPassesOf429WarnsAndAnyOtherIsCritical() {
    assertThat(get("/200").status()).isEqualTo(CheckStatus.PASSING);
    assertThat(get("/204").status()).isEqualTo(CheckStatus.PASSING);
    assertThat(get("/429").status()).isEqualTo(CheckStatus.WARNING);
    assertThat(get("/500").status()).isEqualTo(CheckStatus.CRITICAL);
    assertThat(get("/302").status()).isEqualTo(CheckStatus.CRITICAL);
  }

  @Test
  void sendsMethodHeadersAndBody() {
    Http check =
        new Http(
            url("/echo"),
            "POST",
            Map.of("x-who", List.of("me")),
            "hello",
            Duration.ofSeconds(10),
            SOON,
            false);
    assertThat(await(probe.run(check)).output()).endsWith("Output: POST me hello");
  }

  @Test
  void anAnswerThatDoesNotComeIsCritical() {
    Finding found =
        await(
            probe.run(
                new Http(
                    url("/silent"), "GET", Map.of(), "", Duration.ofSeconds(10), SOON, false)));
    assertThat(found.status()).isEqualTo(CheckStatus.CRITICAL);
    assertThat(found.output()).isNotEmpty();
  }

  @Test
  void keepsTheBeginningOfALongAnswer() {
    Finding found = get("/long");
    assertThat(found.status()).isEqualTo(CheckStatus.PASSING);
    assertThat(found.output().length()).isLessThan(2 * CheckState.MAX_OUTPUT);
  }

  @Test
  void aPortThatTakesConnectionsPasses() {
    assertThat(connect("127.0.0.1:" + port).status()).isEqualTo(CheckStatus.PASSING);
    assertThat(connect("127.0.0.1:1").status()).isEqualTo(CheckStatus.CRITICAL);
  }

  @Test
  void callsNobodyOutsideTheNetworksAllowed() {
    CheckProbe narrow =
        new CheckProbe(
            vertx,
            new RegistryOptions.Checks(true, List.of("10.0.0.0/8"), 8, Duration.ofSeconds(30)));

    Finding found = await(narrow.run(Http.get(url("/200"))));

    assertThat(found.status()).isEqualTo(CheckStatus.CRITICAL);
    assertThat(found.output()).contains("127.0.0.1 is in none of the networks");
  }

  private Finding get(String path) {
    return await(probe.run(Http.get(url(path))));
  }

  private Finding connect(String address) {
    return await(probe.run(new Tcp(address, Duration.ofSeconds(10), SOON)));
  }

  private String url(String path) {
    return "http://127.0.0.1:" + port + path;
  }
}
