package io.vertebra.gateway;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.SelfSignedCertificate;
import java.io.ByteArrayInputStream;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What endpoints learn of a client's certificate. */
final class ClientCertificateForwardingTest {
  private static final SelfSignedCertificate SERVER = SelfSignedCertificate.create("localhost");
  private static final SelfSignedCertificate ANN = SelfSignedCertificate.create("ann.example");
  private static final List<String> NAMES =
      List.of("Client-Cert", "client_cert", "Client-Cert-Chain");

  private static JsonObject options(boolean forward) {
    JsonObject files =
        new JsonObject()
            .put("certPath", SERVER.certificatePath())
            .put("keyPath", SERVER.privateKeyPath());
    JsonObject tls =
        new JsonObject()
            .put("clientAuth", "request")
            .put("trustPath", ANN.certificatePath())
            .put("certificates", new JsonArray().add(files));
    return new JsonObject().put("forwardClientCertificate", forward).put("tls", tls);
  }

  /** The three headers as the endpoint got them from a client that claims something in each. */
  private static JsonArray seen(JsonObject options, boolean proven) {
    try (GatewayRig rig = new GatewayRig(options)) {
      HttpServer origin =
          rig.origin(
              request -> {
                JsonArray values = new JsonArray();
                NAMES.forEach(name -> values.add(request.getHeader(name)));
                request.response().end(values.encode());
              });
      rig.routeAllTo(origin.actualPort());
      HttpClientOptions settings =
          new HttpClientOptions().setSsl(true).setTrustAll(true).setVerifyHost(false);
      if (proven) {
        settings.setKeyCertOptions(
            new PemKeyCertOptions()
                .addCertPath(ANN.certificatePath())
                .addKeyPath(ANN.privateKeyPath()));
      }
      HttpClientAgent client = rig.vertx.createHttpClient(settings);
      return await(
              client
                  .request(HttpMethod.GET, rig.port(), GatewayRig.HOST, "/")
                  .compose(
                      request -> {
                        NAMES.forEach(name -> request.putHeader(name, "claimed"));
                        return GatewayRig.fetch(request);
                      }))
          .toJsonArray();
    }
  }

  @Test
  void forwardsTheCertificateOfTheConnectionAndNoneThatAClientClaims() throws Exception {
    JsonArray values = seen(options(true), true);
    assertThat(values.getString(0)).startsWith(":").endsWith(":");
    byte[] encoded = Base64.getDecoder().decode(values.getString(0).replace(":", ""));
    X509Certificate told =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(encoded));
    assertThat(told.getSubjectX500Principal().getName()).contains("CN=ann.example");
    assertThat(values.getString(1)).isNull();
    assertThat(values.getString(2)).isNull();
  }

  @Test
  void tellsNothingOfAClientThatProvedNothing() {
    assertThat(seen(options(true), false)).containsOnlyNulls();
  }

  @Test
  void tellsNothingUnlessAskedTo() {
    assertThat(seen(options(false), true)).containsOnlyNulls();
  }

  @Test
  void believesTrustedProxies() {
    JsonObject options = options(true).put("trustedProxies", new JsonArray().add("127.0.0.0/8"));
    assertThat(seen(options, true)).containsOnly("claimed");
  }
}
