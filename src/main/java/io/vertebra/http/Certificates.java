package io.vertebra.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a listener's certificates those of the files. New files are used for new connections once
 * every private key fits its certificate; until then the ones before stay in use, so the files of a
 * pair may be replaced one after the other. Safe for any thread.
 */
final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);

  private final Vertx vertx;
  private final TlsOptions options;
  private final String listener;
  private final Counter reloaded;
  private final Counter failed;
  private final AtomicBoolean kept = new AtomicBoolean();
  private volatile boolean closed;
  private volatile @Nullable Material current;
  private volatile String refusedFor = "";

  /** What the files say. */
  private record Material(PemKeyCertOptions keys, @Nullable PemTrustOptions trust) {}

  Certificates(Vertx vertx, TlsOptions options, String listener, MeterRegistry meters) {
    this.vertx = vertx;
    this.options = options;
    this.listener = listener;
    this.reloaded = counter(meters, "success");
    this.failed = counter(meters, "failure");
  }

  private Counter counter(MeterRegistry meters, String result) {
    return Counter.builder("vertebra.http.certificates.reloaded")
        .description("Changed certificates taken into use, or refused")
        .tag("listener", listener)
        .tag("result", result)
        .register(meters);
  }

  /** Adds the certificates to the settings of a server; fails if the files are bad. */
  Future<HttpServerOptions> secure(HttpServerOptions settings) {
    return vertx
        .executeBlocking(this::load)
        .map(
            material -> {
              current = material;
              settings.setSsl(true).setSni(true).setClientAuth(options.clientAuth());
              settings.setKeyCertOptions(material.keys());
              if (material.trust() != null) {
                settings.setTrustOptions(material.trust());
              }
              return settings;
            });
  }

  /** Looks at the files from now on, for all servers that share the port of this one. */
  void keep(HttpServer server) {
    if (kept.compareAndSet(false, true)) {
      lookLater(server);
    }
  }

  void close() {
    closed = true;
  }

  private void lookLater(HttpServer server) {
    vertx.setTimer(
        options.reloadEvery().toMillis(),
        tick -> {
          if (!closed) {
            look(server).onComplete(done -> lookLater(server));
          }
        });
  }

  private Future<Boolean> look(HttpServer server) {
    return vertx
        .executeBlocking(this::load)
        .compose(
            found -> found.equals(current) ? Future.succeededFuture(false) : use(server, found))
        .onSuccess(this::tellReloaded)
        .onFailure(this::tellRefused);
  }

  private void tellReloaded(boolean changed) {
    refusedFor = "";
    if (changed) {
      reloaded.increment();
      LOG.info("certificates.reloaded listener={}", listener);
    }
  }

  private void tellRefused(Throwable cause) {
    failed.increment();
    if (!refusedFor.equals(cause.toString())) {
      refusedFor = cause.toString();
      LOG.warn("certificates.refused listener={} reason={}", listener, refusedFor);
    }
  }

  private Future<Boolean> use(HttpServer server, Material found) {
    ServerSSLOptions ssl = new ServerSSLOptions().setSni(true);
    ssl.setClientAuth(options.clientAuth());
    ssl.setKeyCertOptions(found.keys());
    if (found.trust() != null) {
      ssl.setTrustOptions(found.trust());
    }
    return server
        .updateSSLOptions(ssl)
        .map(
            done -> {
              current = found;
              return true;
            });
  }

  private Material load() throws Exception {
    PemKeyCertOptions keys = new PemKeyCertOptions();
    for (TlsOptions.Certificate certificate : options.certificates()) {
      Buffer cert = read(certificate.certPath());
      Buffer key = read(certificate.keyPath());
      KeyCertOptions pair = new PemKeyCertOptions().addCertValue(cert).addKeyValue(key);
      KeyPairs.requireMatching(pair.getKeyManagerFactory(vertx), certificate.certPath());
      keys.addCertValue(cert).addKeyValue(key);
    }
    if (options.trustPath().isEmpty()) {
      return new Material(keys, null);
    }
    PemTrustOptions trust = new PemTrustOptions().addCertValue(read(options.trustPath().get()));
    return new Material(keys, trust);
  }

  private static Buffer read(Path path) throws IOException {
    return Buffer.buffer(Files.readAllBytes(path));
  }
}
