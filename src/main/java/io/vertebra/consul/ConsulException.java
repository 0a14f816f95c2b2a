package io.vertebra.consul;

import io.vertebra.api.Failure;

/** A failure as Consul tells it: a status and a line of text. It carries no stack trace. */
final class ConsulException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int status;

  ConsulException(int status, String text) {
    super(text, null, false, false);
    this.status = status;
  }

  static ConsulException badRequest(String text) {
    return new ConsulException(400, text);
  }

  static ConsulException notFound(String text) {
    return new ConsulException(404, text);
  }

  static ConsulException tooLarge(String text) {
    return new ConsulException(413, text);
  }

  /** What Consul's servers refuse, which its agents answer with 500. */
  static ConsulException refused(String text) {
    return new ConsulException(500, text);
  }

  /** What Consul would say of a failure that needs no knowledge of what was asked. */
  static ConsulException of(Throwable cause) {
    if (cause instanceof ConsulException already) {
      return already;
    }
    Failure failure = Failure.of(cause);
    String text = String.valueOf(failure.getMessage());
    return switch (failure.code()) {
      case INVALID -> badRequest(text);
      case UNAVAILABLE -> refused("No cluster leader: " + text);
      case TIMEOUT -> refused("rpc error: timed out, it is not known whether it was done: " + text);
      default -> new ConsulException(failure.code().httpStatus(), text);
    };
  }

  int status() {
    return status;
  }

  String text() {
    return String.valueOf(getMessage());
  }
}
