package io.vertebra.http;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpVersion;
import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/** Reads a body whole, whatever its type, as long as it is not too long. */
public final class RequestBody {
  private final RoutingContext context;
  private final long maxBytes;
  private final Handler<Buffer> then;
  private @Nullable Buffer read;
  private boolean ownsRead;
  private boolean failed;

  private RequestBody(RoutingContext context, long maxBytes, Handler<Buffer> then) {
    this.context = context;
    this.maxBytes = maxBytes;
    this.then = then;
  }

  /**
   * Hands the body to {@code then}, empty if there is none. A body that is too long fails the
   * context with 413, an expectation other than {@code 100-continue} with 417.
   */
  public static void read(RoutingContext context, long maxBytes, Handler<Buffer> then) {
    HttpServerRequest request = context.request();
    if (request.isEnded() || !hasBody(request)) {
      then.handle(Buffer.buffer());
      return;
    }
    String expect = request.getHeader(HttpHeaderNames.EXPECT);
    if (expect != null && !expect.equalsIgnoreCase("100-continue")) {
      context.fail(417);
      return;
    }
    if (expect != null && request.version() != HttpVersion.HTTP_1_0) {
      Future<Void> unused = context.response().writeContinue();
    }
    RequestBody body = new RequestBody(context, maxBytes, then);
    request.exceptionHandler(body::fail).handler(body::add).endHandler(end -> body.end()).resume();
  }

  private static boolean hasBody(HttpServerRequest request) {
    return request.version() == HttpVersion.HTTP_2
        || request.headers().contains(HttpHeaderNames.CONTENT_LENGTH)
        || request.headers().contains(HttpHeaderNames.TRANSFER_ENCODING);
  }

  private void add(Buffer part) {
    long length = part.length() + (read == null ? 0L : read.length());
    if (failed) {
      return;
    }
    if (length > maxBytes) {
      failed = true;
      context.fail(413);
    } else if (read == null) {
      read = part;
    } else {
      append(read, part);
    }
  }

  private void append(Buffer before, Buffer part) {
    Buffer own = ownsRead ? before : Buffer.buffer(before.length() * 2).appendBuffer(before);
    read = own.appendBuffer(part);
    ownsRead = true;
  }

  private void end() {
    if (!failed) {
      then.handle(read == null ? Buffer.buffer() : read);
    }
  }

  private void fail(Throwable cause) {
    if (!failed) {
      failed = true;
      context.fail(400, cause);
    }
  }
}
