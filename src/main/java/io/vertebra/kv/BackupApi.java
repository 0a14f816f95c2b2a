package io.vertebra.kv;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.http.Patience;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.file.AsyncFile;
import io.vertx.core.file.OpenOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Backups over HTTP alone: bodies as long as the store, which are neither read nor sent in one
 * piece. What fails is answered as by any operation. While a client waits for work, its connection
 * may be silent.
 */
final class BackupApi {
  /** The room on the disk is looked at again after so many bytes. */
  static final int ROOM_BYTES = 8 << 20;

  private static final Logger LOG = LoggerFactory.getLogger(BackupApi.class);

  private final Vertx vertx;
  private final String path;
  private final BackupService backups;

  /**
   * @param path below which it is
   */
  BackupApi(Vertx vertx, String path, BackupService backups) {
    this.vertx = vertx;
    this.path = path;
    this.backups = backups;
  }

  void mount(Router router) {
    router.getWithRegex(Pattern.quote(backup(path))).handler(this::backup);
    router.postWithRegex(Pattern.quote(restore(path))).handler(this::restore);
  }

  /** Where a backup is got. */
  static String backup(String path) {
    return path + ":backup";
  }

  /** Where a backup is put to be restored. */
  static String restore(String path) {
    return path + ":restore";
  }

  private void backup(RoutingContext context) {
    Patience patience = Patience.with(context.request().connection());
    backups
        .backup(
            saved -> {
              patience.end();
              return send(context.response(), saved);
            })
        .onFailure(
            cause -> {
              patience.end();
              fail(context, cause);
            });
  }

  private static Future<Void> send(HttpServerResponse response, BackupService.Saved saved) {
    response
        .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/octet-stream")
        .putHeader(HttpHeaderNames.ETAG, "\"" + saved.revision() + "\"");
    return response.sendFile(saved.file().toString());
  }

  private void restore(RoutingContext context) {
    HttpServerRequest request = context.request().pause();
    Patience patience = Patience.with(request.connection());
    Upload upload = new Upload(request, patience);
    Future.succeededFuture(context)
        .map(BackupApi::force)
        .compose(force -> backups.restore(force, upload::receive, context.response()::closed))
        .onComplete(done -> patience.end())
        .onSuccess(restored -> answer(context.response(), restored))
        .onFailure(cause -> fail(context, cause));
  }

  private static boolean force(RoutingContext context) {
    JsonObject query = new JsonObject();
    context.queryParams().forEach(parameter -> query.put(parameter.getKey(), parameter.getValue()));
    Fields fields = Fields.of(query, pointer -> true);
    boolean force = fields.flag("force").orElse(false);
    return fields.build(() -> force);
  }

  private static void answer(HttpServerResponse response, Restorer.Restored restored) {
    JsonObject answer =
        new JsonObject()
            .put("revision", restored.revision())
            .put("entries", restored.backup().entries())
            .put("bytes", restored.backup().bytes());
    response
        .putHeader(HttpHeaderNames.CONTENT_TYPE, "application/json")
        .end(answer.toBuffer())
        .onFailure(gone -> LOG.debug("kv.restore answer lost", gone));
  }

  private static void fail(RoutingContext context, Throwable cause) {
    if (context.response().headWritten()) {
      Future<Void> unused = context.request().connection().close();
    } else if (!context.response().closed()) {
      context.fail(cause);
    }
  }

  /**
   * A body on its way into a file. A rest that is not wanted is left to the listener. For the event
   * loop of the request.
   */
  private final class Upload {
    private final HttpServerRequest request;
    private final Patience patience;
    private final Promise<Void> whole = Promise.promise();
    private long received;

    /**
     * Takes a body that nobody reads as yet.
     *
     * @param request paused
     * @param patience which ends while the client is waited for
     */
    Upload(HttpServerRequest request, Patience patience) {
      this.request = request;
      this.patience = patience;
      request.exceptionHandler(
          gone -> whole.tryFail(Failure.invalid("", "the body ends before its end")));
    }

    /** Completes when the body is in the file; fails if its client goes away, even before. */
    Future<Void> receive(BackupService.Target target) {
      OpenOptions writing = new OpenOptions().setRead(false).setTruncateExisting(true);
      return vertx
          .fileSystem()
          .open(target.file().toString(), writing)
          .compose(file -> receive(file, target).eventually(file::close));
    }

    private Future<Void> receive(AsyncFile file, BackupService.Target target) {
      if (whole.future().isComplete()) {
        return whole.future();
      }
      file.exceptionHandler(whole::tryFail);
      request.endHandler(end -> end());
      request.handler(piece -> write(piece, file, target));
      if (expectsContinue()) {
        Future<Void> unused = request.response().writeContinue();
      }
      resume();
      return whole.future();
    }

    private void resume() {
      patience.end();
      request.resume();
    }

    private void end() {
      patience.begin();
      whole.tryComplete();
    }

    private void write(Buffer piece, AsyncFile file, BackupService.Target target) {
      long before = received;
      received += piece.length();
      if (received > target.maxBytes()) {
        whole.tryFail(
            new Failure(
                FailureCode.TOO_LARGE,
                "the backup must have at most " + target.maxBytes() + " bytes"));
      }
      if (before / ROOM_BYTES < received / ROOM_BYTES) {
        target.room().get().onFailure(whole::tryFail);
      }
      if (whole.future().isComplete()) {
        return;
      }
      file.write(piece).onFailure(whole::tryFail);
      if (file.writeQueueFull()) {
        patience.begin();
        request.pause();
        file.drainHandler(drained -> resume());
      }
    }

    private boolean expectsContinue() {
      return request.version() == HttpVersion.HTTP_1_1
          && "100-continue".equalsIgnoreCase(request.getHeader(HttpHeaderNames.EXPECT));
    }
  }
}
