package io.vertebra.http;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Lifecycle;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.junit5.VertxExtension;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which certificate a client is shown, in real handshakes. */
@ExtendWith(VertxExtension.class)
final class TlsTest {
  private static final SelfSignedCertificate A = SelfSignedCertificate.create("a.example");
  private static final SelfSignedCertificate B = SelfSignedCertificate.create("b.example");
  private static final SelfSignedCertificate NEXT_A = SelfSignedCertificate.create("a.example");

  @TempDir private Path directory;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Vertx vertx;
  private HttpListener listener;
  private int port;

  @BeforeEach
  void listen(Vertx vertx) throws Exception {
    this.vertx = vertx;
    write("a", A);
    write("b", B);
    JsonObject tls =
        new JsonObject()
            .put("reloadIntervalMs", 100)
            .put("certificates", new JsonArray().add(files("a")).add(files("b")));
    JsonObject json = new JsonObject().put("port", 0).put("tls", tls);
    ListenerOptions options = ListenerOptions.from(Fields.of(json), ListenerOptions.API);
    listener = new HttpListener(vertx, options, "test", meters, new Lifecycle());
    port = await(listener.listen(request -> request.response().end("seen")));
  }

  @AfterEach
  void close() {
    await(listener.close());
  }

  private JsonObject files(String name) {
    return new JsonObject()
        .put("certPath", directory.resolve(name + ".crt").toString())
        .put("keyPath", directory.resolve(name + ".key").toString());
  }

  private void write(String name, SelfSignedCertificate certificate) throws Exception {
    copy(certificate.certificatePath(), name + ".crt");
    copy(certificate.privateKeyPath(), name + ".key");
  }

  private void copy(String from, String to) throws Exception {
    Files.copy(Path.of(from), directory.resolve(to), StandardCopyOption.REPLACE_EXISTING);
  }

  private void awaitCount(String result, double wanted) {
    Promise<Void> reached = Promise.promise();
    long timer =
        vertx.setPeriodic(
            10,
            tick -> {
              if (meters
                      .get("vertebra.http.certificates.reloaded")
                      .tag("result", result)
                      .counter()
                      .count()
                  >= wanted) {
                reached.tryComplete();
              }
            });
    await(reached.future());
    vertx.cancelTimer(timer);
  }

  /** The certificate shown to a client that asks for this server. */
  private X509Certificate shown(String serverName) throws Exception {
    try (SSLSocket socket = connect(serverName, "http/1.1")) {
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private SSLSocket connect(String serverName, String... protocols) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustAll()}, new SecureRandom());
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(5000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(serverName)));
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static String name(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().getName();
  }

  @Test
  void showsTheCertificateOfTheServerAskedForElseTheFirst() throws Exception {
    assertThat(name(shown("b.example"))).contains("b.example");
    assertThat(name(shown("a.example"))).contains("a.example");
    assertThat(name(shown("c.example"))).contains("a.example");
  }

  @Test
  void negotiatesHttp2ByAlpn() throws Exception {
    try (SSLSocket socket = connect("a.example", "h2", "http/1.1")) {
      assertThat(socket.getApplicationProtocol()).isEqualTo("h2");
    }
  }

  @Test
  void refusesAmbiguousRequestsOverTlsToo() throws Exception {
    try (SSLSocket socket = connect("a.example", "http/1.1")) {
      String request = "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n";
      socket.getOutputStream().write(request.getBytes("US-ASCII"));
      socket
          .getOutputStream()
          .write("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n".getBytes("US-ASCII"));
      String answer = new String(socket.getInputStream().readAllBytes(), "US-ASCII");
      assertThat(answer).startsWith("HTTP/1.1 400 ");
    }
  }

  @Test
  void usesANewCertificateWithoutARestart() throws Exception {
    X509Certificate before = shown("a.example");
    write("a", NEXT_A);
    awaitCount("success", 1);
    assertThat(shown("a.example")).isNotEqualTo(before);
    assertThat(name(shown("b.example"))).contains("b.example");
  }

  @Test
  void keepsTheOldCertificateUntilTheNewPairFits() throws Exception {
    X509Certificate before = shown("a.example");
    copy(NEXT_A.certificatePath(), "a.crt");
    awaitCount("failure", 1);
    assertThat(shown("a.example")).isEqualTo(before);
    copy(NEXT_A.privateKeyPath(), "a.key");
    awaitCount("success", 1);
    assertThat(shown("a.example")).isNotEqualTo(before);
  }

  @Test
  void keepsTheOldCertificateWhenTheNewFileIsBroken() throws Exception {
    X509Certificate before = shown("a.example");
    Files.writeString(directory.resolve("a.crt"), "broken");
    awaitCount("failure", 2);
    assertThat(shown("a.example")).isEqualTo(before);
  }

  @Test
  void doesNotStartWithABadPair() throws Exception {
    copy(NEXT_A.certificatePath(), "a.crt");
    HttpListener second =
        new HttpListener(vertx, options("none"), "second", meters, new Lifecycle());
    assertThatExceptionOfType(Exception.class)
        .isThrownBy(() -> await(second.listen(request -> request.response().end())))
        .withMessageContaining("does not fit");
  }

  @Test
  void asksClientsForACertificateOnlyWithAuthoritiesToCheckItBy() {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> options("required"))
        .withMessageContaining("/tls/trustPath");
  }

  private ListenerOptions options(String clientAuth) {
    JsonObject tls =
        new JsonObject()
            .put("clientAuth", clientAuth)
            .put("certificates", new JsonArray().add(files("a")));
    JsonObject json = new JsonObject().put("port", 0).put("tls", tls);
    return ListenerOptions.from(Fields.of(json), ListenerOptions.API);
  }

  /** The test looks at the certificate itself. */
  private static final class TrustAll extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
