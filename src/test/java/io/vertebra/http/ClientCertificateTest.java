package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Api;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.ext.web.Router;
import io.vertx.junit5.VertxExtension;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which clients get in by their certificate, and what is known of them, in real handshakes. */
@ExtendWith(VertxExtension.class)
final class ClientCertificateTest {
  private static final String HOST = "127.0.0.1";
  private static final SelfSignedCertificate SERVER = SelfSignedCertificate.create("localhost");
  private static final SelfSignedCertificate ANN = SelfSignedCertificate.create("ann.example");
  private static final SelfSignedCertificate BOB = SelfSignedCertificate.create("bob.example");

  @TempDir private Path folder;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Vertx vertx;
  private HttpListener listener;
  private int port;

  @BeforeEach
  void trustAnn(Vertx vertx) throws IOException {
    this.vertx = vertx;
    trust(ANN);
  }

  @AfterEach
  void close() {
    await(listener.close());
  }

  private void trust(SelfSignedCertificate client) throws IOException {
    Path next = Files.copy(Path.of(client.certificatePath()), folder.resolve("next"));
    Files.move(next, folder.resolve("clients.pem"), StandardCopyOption.ATOMIC_MOVE);
  }

  private ListenerOptions options(String clientAuth) {
    JsonObject files =
        new JsonObject()
            .put("certPath", SERVER.certificatePath())
            .put("keyPath", SERVER.privateKeyPath());
    JsonObject tls =
        new JsonObject()
            .put("reloadIntervalMs", 100)
            .put("clientAuth", clientAuth)
            .put("trustPath", folder.resolve("clients.pem").toString())
            .put("certificates", new JsonArray().add(files));
    JsonObject json = new JsonObject().put("port", 0).put("tls", tls);
    return ListenerOptions.from(Fields.of(json), ListenerOptions.API);
  }

  private void listen(String clientAuth, Handler<HttpServerRequest> handler) {
    listener = new HttpListener(vertx, options(clientAuth), "test", meters, new Lifecycle());
    port = await(listener.listen(handler));
  }

  private static void nameClient(HttpServerRequest request) {
    String client =
        ClientCertificate.of(request)
            .map(certificate -> certificate.subject() + " " + certificate.names())
            .orElse("nobody");
    request.response().end(client);
  }

  /** What the server says over a connection of its own; this client trusts every server. */
  private String ask(HttpClientOptions client, String... header) {
    client.setSsl(true).setTrustAll(true).setVerifyHost(false);
    HttpClientAgent agent = vertx.createHttpClient(client);
    Future<Buffer> answer =
        agent
            .request(HttpMethod.GET, port, HOST, "/things")
            .compose(
                request -> {
                  if (header.length > 0) {
                    request.putHeader(header[0], header[1]);
                  }
                  return request.send().compose(HttpClientResponse::body);
                });
    return await(answer.eventually(agent::close)).toString();
  }

  private static HttpClientOptions as(SelfSignedCertificate own) {
    PemKeyCertOptions pair =
        new PemKeyCertOptions().addCertPath(own.certificatePath()).addKeyPath(own.privateKeyPath());
    return new HttpClientOptions().setKeyCertOptions(pair);
  }

  @Test
  void letsInOnlyClientsOfTheAuthoritiesWhereACertificateIsRequired() {
    listen("required", ClientCertificateTest::nameClient);
    assertThat(ask(as(ANN))).contains("CN=ann.example");
    assertThatThrownBy(() -> ask(as(BOB))).isInstanceOf(Exception.class);
    assertThatThrownBy(() -> ask(new HttpClientOptions())).isInstanceOf(Exception.class);
  }

  @Test
  void letsClientsWithoutACertificateOfTheAuthoritiesInAsNobodyWhereItIsRequested() {
    listen("request", ClientCertificateTest::nameClient);
    assertThat(ask(new HttpClientOptions())).isEqualTo("nobody");
    assertThat(ask(as(ANN))).contains("CN=ann.example");
    // It is told which authorities count, and so keeps a certificate of another to itself.
    assertThat(ask(as(BOB))).isEqualTo("nobody");
  }

  @Test
  void knowsNobodyWhereNoCertificateIsAskedFor() {
    listen("none", ClientCertificateTest::nameClient);
    assertThat(ask(as(ANN))).isEqualTo("nobody");
  }

  @Test
  void usesNewAuthoritiesWithoutARestart() throws IOException {
    listen("required", ClientCertificateTest::nameClient);
    assertThatThrownBy(() -> ask(as(BOB))).isInstanceOf(Exception.class);
    trust(BOB);
    eventually(() -> assertThat(ask(as(BOB))).contains("CN=bob.example"));
    assertThatThrownBy(() -> ask(as(ANN))).isInstanceOf(Exception.class);
  }

  @Test
  void keepsTheOldAuthoritiesWhenTheNewFileIsBroken() throws IOException {
    listen("required", ClientCertificateTest::nameClient);
    Files.writeString(folder.resolve("clients.pem"), "broken");
    eventually(
        () ->
            assertThat(
                    meters
                        .get("vertebra.http.certificates.reloaded")
                        .tag("result", "failure")
                        .counter()
                        .count())
                .isPositive());
    assertThat(ask(as(ANN))).contains("CN=ann.example");
    assertThatThrownBy(() -> ask(as(BOB))).isInstanceOf(Exception.class);
  }

  @Test
  void tellsOperationsTheSubjectAndDropsWhatClientsClaimToBe() {
    Router router = Router.router(vertx);
    ListenerOptions options = options("request");
    HttpDoor door =
        new HttpDoor(
            vertx,
            router,
            "n1",
            call ->
                Future.succeededFuture(
                    new JsonObject().put("subject", call.headers().get(ClientCertificate.SUBJECT))),
            options,
            new HttpDoor.Listener(request -> {}, origin -> false));
    Operation<Integer> operation =
        Operation.of(
            "list",
            HttpMethod.GET,
            "/things",
            "Lists.",
            fields -> fields.build(() -> 1),
            one -> Future.succeededFuture(new JsonObject()));
    await(door.open(new Api("thing", Api.Scope.CLUSTER, List.of(operation))));
    listen("request", router);
    assertThat(ask(as(ANN), "X-Client-Cert-Subject", "CN=admin")).contains("CN=ann.example");
    assertThat(ask(new HttpClientOptions(), "X-Client-Cert-Subject", "CN=admin"))
        .isEqualTo("{\"subject\":null}");
  }
}
