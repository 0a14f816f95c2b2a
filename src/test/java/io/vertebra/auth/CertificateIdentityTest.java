package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.testkit.AuditLog;
import io.vertebra.testkit.TestClock;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PfxOptions;
import io.vertx.core.net.SelfSignedCertificate;
import io.vertx.ext.web.client.HttpRequest;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.client.WebClientOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who a client is by its certificate, over real handshakes. */
final class CertificateIdentityTest {
  private static final SelfSignedCertificate SERVER = SelfSignedCertificate.create("localhost");
  private static final String PASSWORD = "changeit";

  @TempDir private static Path folder;
  private final TestClock clock = new TestClock();
  private final AuditLog audit = new AuditLog();
  private AuthNodeRig node;

  @BeforeAll
  static void make() throws Exception {
    make("orders", "CN=orders", "uri:spiffe://example.org/orders");
    make("host", "CN=whatever", "dns:Host.example.org");
    make("named", "CN=named, O=Example", "");
    make("twice", "CN=named, CN=orders", "");
    make("hidden", "CN=other\\, CN\\=named", "");
    make("nobody", "CN=named2", "uri:spiffe://example.org/orders/x");
  }

  @BeforeEach
  void open() {
    JsonArray rules =
        new JsonArray()
            .add(rule("orders").put("san", "spiffe://example.org/orders"))
            .add(rule("host").put("san", "host.example.org"))
            .add(rule("named").put("commonName", "named"));
    JsonObject files =
        new JsonObject()
            .put("certPath", SERVER.certificatePath())
            .put("keyPath", SERVER.privateKeyPath());
    JsonObject tls =
        new JsonObject()
            .put("clientAuth", "request")
            .put("trustPath", folder.resolve("trust.pem").toString())
            .put("certificates", new JsonArray().add(files));
    node =
        new AuthNodeRig(
            new InMemoryAuthStore(clock),
            clock,
            new JsonObject().put("certificates", rules),
            new JsonObject().put("tls", tls),
            true);
  }

  @AfterEach
  void close() {
    audit.close();
    node.close();
  }

  private static JsonObject rule(String name) {
    return new JsonObject()
        .put("name", name)
        .put("permissions", new JsonArray().add("things:read:" + name).add("things:write:shared"));
  }

  /** A key pair whose certificate is trusted. */
  private static void make(String name, String subject, String san)
      throws IOException, InterruptedException {
    String store = folder.resolve(name + ".p12").toString();
    List<String> generate =
        new ArrayList<>(List.of("-genkeypair", "-keyalg", "EC", "-dname", subject));
    if (!san.isEmpty()) {
      generate.addAll(List.of("-ext", "san=" + san));
    }
    String unused = keytool(store, generate);
    String pem = keytool(store, List.of("-exportcert", "-rfc"));
    Path written =
        Files.writeString(
            folder.resolve("trust.pem"), pem, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    assertThat(written).isNotEmptyFile();
  }

  private static String keytool(String store, List<String> what)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(what);
    command.addAll(
        List.of(
            "-alias", "own", "-keystore", store, "-storetype", "PKCS12", "-storepass", PASSWORD));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(command + said).isZero();
    return said;
  }

  private HttpResponse<Buffer> send(
      HttpMethod method, String path, String who, String authorization) {
    return authorization.isEmpty()
        ? send(method, path, who, "x-none", "")
        : send(method, path, who, "authorization", authorization);
  }

  private HttpResponse<Buffer> send(
      HttpMethod method, String path, String who, String header, String value) {
    WebClientOptions options =
        new WebClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
    if (!who.isEmpty()) {
      options.setKeyCertOptions(
          new PfxOptions().setPath(folder.resolve(who + ".p12").toString()).setPassword(PASSWORD));
    }
    WebClient client = WebClient.create(node.vertx, options);
    HttpRequest<Buffer> request = client.request(method, node.port, "127.0.0.1", path);
    HttpResponse<Buffer> answer = await(request.putHeader(header, value).send());
    client.close();
    return answer;
  }

  private int status(String who, String name) {
    return send(HttpMethod.GET, "/api/v1/things/" + name, who, "").statusCode();
  }

  @ParameterizedTest
  @ValueSource(strings = {"orders", "host", "named"})
  void permitsWhatTheRuleOfACertificateSaysAndNoMore(String who) {
    assertThat(status(who, who)).isEqualTo(200);
    assertThat(status(who, "other")).isEqualTo(403);
    audit.hears(
        "act=thing.get who=certificate/" + who, "what=things:read:other", "result=forbidden");
    assertThat(send(HttpMethod.PUT, "/api/v1/things/" + who, who, "").statusCode()).isEqualTo(403);
    assertThat(send(HttpMethod.GET, "/metrics", who, "").statusCode()).isEqualTo(403);
    assertThat(send(HttpMethod.GET, "/api/v1/auth/users", who, "").statusCode()).isEqualTo(403);
    JsonObject me = send(HttpMethod.GET, "/api/v1/auth:whoami", who, "").bodyAsJsonObject();
    assertThat(me)
        .isEqualTo(new JsonObject().put("name", "certificate/" + who).put("kind", "certificate"));
  }

  private JsonObject writeOnce(String who) {
    return send(HttpMethod.PUT, "/api/v1/things/shared", who, "idempotency-key", "k")
        .bodyAsJsonObject();
  }

  @Test
  void givesNoneTheAnswerOfAnother() {
    JsonObject first = writeOnce("orders");
    assertThat(first).doesNotContain(Map.entry("replayed", true));
    assertThat(writeOnce("orders")).isEqualTo(first.copy().put("replayed", true));
    assertThat(writeOnce("host")).doesNotContain(Map.entry("replayed", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "nobody", "twice", "hidden"})
  void knowsNobodyByAnotherCertificate(String who) {
    assertThat(status(who, "orders")).isEqualTo(401);
    assertThat(status(who, "named")).isEqualTo(401);
  }

  @Test
  void believesACredentialBeforeACertificate() {
    assertThat(send(HttpMethod.GET, "/metrics", "orders", node.admin()).statusCode())
        .isEqualTo(200);
    assertThat(send(HttpMethod.GET, "/api/v1/things/orders", "orders", "Bearer x").statusCode())
        .isEqualTo(401);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Certificate 1893456030000 k1 orders AAAA",
        "Certificate 9 k1 orders",
        "Certificate ",
        "Certificate 1893456030000 k9 orders AAAA"
      })
  void believesNobodyWhoVouchesForThemselves(String credential) {
    int status = send(HttpMethod.GET, "/api/v1/things/orders", "", credential).statusCode();
    assertThat(status).isIn(401, 503);
    FailureCode code =
        Failure.of(
                catchThrowable(
                    () -> await(node.bus("vertebra.thing", "list", credential, new JsonObject()))))
            .code();
    assertThat(code).isIn(FailureCode.UNAUTHENTICATED, FailureCode.UNAVAILABLE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'name': 'a'}",
        "{'name': 'a', 'san': 'x', 'commonName': 'y'}",
        "{'name': 'a b', 'san': 'x'}",
        "{'name': 'a', 'san': 'x', 'permissions': ['all']}"
      })
  void takesNoRuleThatIsUnclear(String rule) {
    Fields fields = Fields.of(new JsonObject(rule.replace('\'', '"')));
    assertThatExceptionOfType(Failure.class).isThrownBy(() -> CertificateRule.from(fields));
  }
}
