package io.vertebra.config.client;

import io.vertx.config.spi.ConfigStore;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.Json;
import io.vertx.core.json.JsonObject;
import java.util.Base64;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A namespace, or one key of it, as this process knows it, which follows it by long polls. */
final class VertebraConfigStore implements ConfigStore {
  private static final Logger LOG = LoggerFactory.getLogger(VertebraConfigStore.class);
  private static final long WAIT_MS = 30_000;
  private static final long RETRY_MS = 1_000;

  private final Vertx vertx;
  private final NamespaceService namespaces;
  private final JsonObject request;
  private final String key;
  private final String prefix;
  private volatile @Nullable Buffer last;
  private volatile boolean closed;
  private boolean following;

  private VertebraConfigStore(Vertx vertx, NamespaceService namespaces, JsonObject options) {
    this.vertx = vertx;
    this.namespaces = namespaces;
    this.key = options.getString("key", "");
    this.prefix = options.getString("prefix", "");
    this.request = new JsonObject().put("namespace", options.getString("namespace"));
    for (String name : new String[] {"caller", "labels"}) {
      if (options.containsKey(name)) {
        request.put(name, options.getValue(name));
      }
    }
    request.put("prefix", key.isEmpty() ? prefix : key);
  }

  static VertebraConfigStore open(Vertx vertx, JsonObject options) {
    if (options.getString("namespace", "").isEmpty()) {
      throw new IllegalArgumentException("the store vertebra needs a namespace");
    }
    return new VertebraConfigStore(vertx, NamespaceService.of(vertx, options), options);
  }

  @Override
  public Future<Buffer> get() {
    Buffer known = last;
    return known == null ? read(request.copy()) : Future.succeededFuture(known);
  }

  @Override
  public Future<Void> close() {
    closed = true;
    return namespaces.close();
  }

  private Future<Buffer> read(JsonObject asked) {
    return namespaces
        .read(asked)
        .map(
            view -> {
              Buffer buffer = buffer(view);
              last = buffer;
              followOnce(view.getLong("revision"));
              return buffer;
            });
  }

  private synchronized void followOnce(long revision) {
    if (!following) {
      following = true;
      follow(revision);
    }
  }

  private void follow(long revision) {
    if (closed) {
      return;
    }
    namespaces
        .read(request.copy().put("ifNotRevision", revision).put("waitMs", WAIT_MS))
        .onSuccess(
            view -> {
              if (!view.isEmpty()) {
                last = buffer(view);
              }
              follow(view.getLong("revision", revision));
            })
        .onFailure(cause -> followLater(revision, cause));
  }

  private void followLater(long revision, Throwable cause) {
    if (!closed) {
      LOG.warn("config.client interrupted: {}", cause.getMessage());
      vertx.setTimer(RETRY_MS, timer -> follow(revision));
    }
  }

  private Buffer buffer(JsonObject view) {
    Buffer one = Buffer.buffer();
    JsonObject all = new JsonObject();
    for (Object each : view.getJsonArray("items")) {
      JsonObject item = (JsonObject) each;
      String name = item.getString("key");
      if (name.equals(key)) {
        one.appendBuffer(bytes(item));
      } else if (key.isEmpty() && item.containsKey("text")) {
        all.put(name.substring(prefix.length()), value(item));
      }
    }
    return key.isEmpty() ? all.toBuffer() : one;
  }

  private static Buffer bytes(JsonObject item) {
    String text = item.getString("text");
    String base64 = item.getString("value", "");
    return text == null ? Buffer.buffer(Base64.getDecoder().decode(base64)) : Buffer.buffer(text);
  }

  private static @Nullable Object value(JsonObject item) {
    String text = item.getString("text");
    if (!item.getString("mediaType").startsWith("application/json")) {
      return text;
    }
    try {
      return Json.decodeValue(text);
    } catch (DecodeException e) {
      return text;
    }
  }
}
