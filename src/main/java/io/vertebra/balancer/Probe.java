package io.vertebra.balancer;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** One way to ask an endpoint whether it works. */
interface Probe {

  /** Succeeds with what was found, fails with what is wrong, in any case within the timeout. */
  Future<String> check(Endpoint endpoint);

  Future<Void> close();

  static Probe of(Vertx vertx, ActiveCheck options, Connection connection) {
    return options.kind() == ActiveCheck.Kind.TCP
        ? new TcpProbe(vertx, options)
        : new HttpProbe(vertx, options, connection);
  }

  /** What is wrong, in one line of at most 200 characters. */
  static String sentence(Throwable cause) {
    String message = cause.getMessage();
    String text = message == null ? cause.getClass().getSimpleName() : message;
    String line = text.lines().findFirst().orElse("");
    return line.substring(0, Math.min(200, line.length()));
  }

  /** An expected finding; it carries no stack trace. */
  final class Finding extends RuntimeException {
    private static final long serialVersionUID = 1;

    Finding(String message) {
      super(message, null, false, false);
    }
  }

  /** Fails {@code check} when it takes longer than the options allow. */
  static Future<String> limited(Future<String> check, ActiveCheck options) {
    long millis = options.timeout().toMillis();
    return check
        .timeout(millis, TimeUnit.MILLISECONDS)
        .recover(
            cause ->
                cause instanceof TimeoutException
                    ? Future.failedFuture(new Finding("no answer in " + millis + " ms"))
                    : Future.failedFuture(cause));
  }
}
