package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Both versions of HTTP on both sides, and what is built on HTTP/2. */
final class ProtocolTest {
  private GatewayRig rig;

  /** Kept, for Vert.x closes a client that nobody refers to. */
  private HttpClientAgent client;

  @BeforeEach
  void start() {
    rig = new GatewayRig();
  }

  @AfterEach
  void stop() {
    rig.close();
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1, http1", "HTTP_1_1, http2", "HTTP_2, http1", "HTTP_2, http2"})
  void forwardsBetweenAllVersions(HttpVersion front, String back) throws InterruptedException {
    HttpServer origin =
        rig.origin(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> {
                          request.response().setChunked(true);
                          request
                              .response()
                              .putHeader("x-version", request.version().name())
                              .putHeader("x-host", String.valueOf(request.authority()))
                              .putHeader("trailer", "x-sum")
                              .putTrailer("x-sum", String.valueOf(body.length()))
                              .end(body);
                        }));
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("protocol", back)),
        origin.actualPort());
    client(front);
    Buffer body = Buffer.buffer("x".repeat(300_000));
    for (int i = 0; i < 20; i++) {
      HttpClientResponse response =
          await(
              client
                  .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/echo?n=" + i)
                  .compose(
                      request -> request.send(body).compose(answer -> answer.body().map(answer))));
      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(await(response.body()).length()).isEqualTo(body.length());
      assertThat(await(response.body()).equals(body)).isTrue();
      assertThat(response.version()).isEqualTo(front);
      assertThat(response.getHeader("x-version"))
          .isEqualTo(back.equals("http1") ? "HTTP_1_1" : "HTTP_2");
      assertThat(response.getHeader("x-host")).isEqualTo(GatewayRig.HOST + ":" + rig.port());
      assertThat(response.getTrailer("x-sum")).isEqualTo("300000");
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1, http1", "HTTP_1_1, http2", "HTTP_2, http1", "HTTP_2, http2"})
  void forwardsRequestsWithoutABodyBetweenAllVersions(HttpVersion front, String back) {
    HttpServer origin =
        rig.origin(
            request ->
                request
                    .body()
                    .onSuccess(
                        body -> request.response().end(request.method() + ":" + body.length())));
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("protocol", back)),
        origin.actualPort());
    client(front);
    for (HttpMethod method :
        new HttpMethod[] {HttpMethod.GET, HttpMethod.DELETE, HttpMethod.POST}) {
      Buffer body =
          await(
              client.request(method, rig.port(), GatewayRig.HOST, "/").compose(GatewayRig::fetch));
      assertThat(body.toString()).isEqualTo(method + ":0");
    }
  }

  @ParameterizedTest
  @CsvSource({"HTTP_1_1, http1", "HTTP_1_1, http2", "HTTP_2, http1", "HTTP_2, http2"})
  void forwardsOverTlsOnBothSides(HttpVersion front, String back) {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    JsonObject pair =
        new JsonObject()
            .put("certPath", certificate.certificatePath())
            .put("keyPath", certificate.privateKeyPath());
    rig.close();
    rig =
        new GatewayRig(
            new JsonObject().put("tls", new JsonObject().put("certificates", List.of(pair))));
    HttpServer origin =
        rig.origin(
            new HttpServerOptions()
                .setSsl(true)
                .setUseAlpn(true)
                .setKeyCertOptions(certificate.keyCertOptions()),
            request ->
                request
                    .response()
                    .end(request.version() + " " + request.getHeader("x-forwarded-proto")));
    rig.routeAllTo(
        upstream ->
            upstream.put(
                "connection",
                new JsonObject()
                    .put("protocol", back)
                    .put("tls", true)
                    .put("tlsTrustPath", certificate.certificatePath())
                    .put("tlsServerName", "localhost")),
        origin.actualPort());
    client =
        rig.vertx.createHttpClient(
            new HttpClientOptions()
                .setProtocolVersion(front)
                .setSsl(true)
                .setUseAlpn(true)
                .setTrustOptions(certificate.trustOptions())
                .setVerifyHost(false));
    for (int i = 0; i < 3; i++) {
      HttpClientResponse response =
          await(
              client
                  .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/")
                  .compose(request -> request.send().compose(answer -> answer.body().map(answer))));
      assertThat(response.version()).isEqualTo(front);
      assertThat(await(response.body()).toString())
          .isEqualTo((back.equals("http1") ? "HTTP_1_1" : "HTTP_2") + " https");
    }
  }

  @Test
  void refusesAnEndpointWhoseCertificateItDoesNotTrust() {
    SelfSignedCertificate certificate = SelfSignedCertificate.create("localhost");
    HttpServer origin =
        rig.origin(
            new HttpServerOptions().setSsl(true).setKeyCertOptions(certificate.keyCertOptions()),
            request -> request.response().end("never"));
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("tls", true)),
        origin.actualPort());
    client(HttpVersion.HTTP_1_1);
    HttpClientResponse response =
        await(
            client
                .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/")
                .compose(HttpClientRequest::send));
    assertThat(response.statusCode()).isEqualTo(502);
  }

  @Test
  void streamsBothWaysAtOnceAsGrpcDoes() throws InterruptedException {
    HttpServer origin =
        rig.origin(
            request -> {
              request.response().putHeader("content-type", "application/grpc");
              request.handler(chunk -> request.response().write(chunk));
              request.endHandler(end -> request.response().putTrailer("grpc-status", "0").end());
            });
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("protocol", "http2")),
        origin.actualPort());
    HttpClientRequest request =
        await(
            client(HttpVersion.HTTP_2)
                .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/pkg.Service/Method"));
    BlockingQueue<String> answers = new LinkedBlockingQueue<>();
    BlockingQueue<MultiMap> trailers = new LinkedBlockingQueue<>();
    request.setChunked(true);
    request.putHeader("content-type", "application/grpc").putHeader("te", "trailers");
    request
        .response()
        .onSuccess(
            response -> {
              response.handler(chunk -> answers.add(chunk.toString()));
              response.endHandler(end -> trailers.add(response.trailers()));
            });
    request.sendHead();
    for (String message : new String[] {"one", "two", "three"}) {
      request.write(message);
      assertThat(answers.poll(5, TimeUnit.SECONDS)).isEqualTo(message);
    }
    request.end();
    MultiMap last = trailers.poll(5, TimeUnit.SECONDS);
    assertThat(last).isNotNull();
    assertThat(last.get("grpc-status")).isEqualTo("0");
  }

  @Test
  void passesAnAnswerOfTrailersAloneOn() {
    HttpServer origin = rig.origin(r -> r.response().putHeader("grpc-status", "12").end());
    rig.routeAllTo(
        upstream -> upstream.put("connection", new JsonObject().put("protocol", "http2")),
        origin.actualPort());
    HttpClientResponse response =
        await(
            client(HttpVersion.HTTP_2)
                .request(HttpMethod.POST, rig.port(), GatewayRig.HOST, "/")
                .compose(HttpClientRequest::send));
    assertThat(response.getHeader("grpc-status")).isEqualTo("12");
  }

  @Test
  void keepsOtherStreamsWhenOneIsReset() {
    HttpServer origin =
        rig.origin(
            r -> {
              if (!r.path().equals("/hang")) {
                r.response().end("ok");
              }
            });
    rig.routeAllTo(
        upstream ->
            upstream
                .put("connection", new JsonObject().put("protocol", "http2"))
                .put("timeouts", new JsonObject().put("firstByteMs", 300)),
        origin.actualPort());
    client(HttpVersion.HTTP_2);
    HttpClientResponse late =
        await(
            client
                .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/hang")
                .compose(HttpClientRequest::send));
    assertThat(late.statusCode()).isEqualTo(504);
    Buffer body =
        await(
            client
                .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/")
                .compose(GatewayRig::fetch));
    assertThat(body.toString()).isEqualTo("ok");
  }

  private HttpClientAgent client(HttpVersion version) {
    client =
        rig.vertx.createHttpClient(
            new HttpClientOptions().setProtocolVersion(version).setHttp2ClearTextUpgrade(false));
    return client;
  }
}
