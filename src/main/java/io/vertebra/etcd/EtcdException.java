package io.vertebra.etcd;

import io.vertebra.api.Failure;
import io.vertx.core.json.JsonObject;

/** A failure in etcd's words: its gRPC status and its sentence. It carries no stack trace. */
final class EtcdException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Status status;

  EtcdException(Status status, String message) {
    super(message, null, false, false);
    this.status = status;
  }

  /**
   * The gRPC statuses in use, with the HTTP status that the gateway gives them.
   *
   * <p>Source: {@code google/rpc/code.proto}; grpc-gateway 1.9, {@code HTTPStatusFromCode}.
   */
  enum Status {
    UNKNOWN(2, 500),
    INVALID_ARGUMENT(3, 400),
    NOT_FOUND(5, 404),
    RESOURCE_EXHAUSTED(8, 429),
    FAILED_PRECONDITION(9, 412),
    OUT_OF_RANGE(11, 400),
    INTERNAL(13, 500),
    UNAVAILABLE(14, 503);

    private final int code;
    private final int http;

    Status(int code, int http) {
      this.code = code;
      this.http = http;
    }
  }

  static EtcdException invalid(String message) {
    return new EtcdException(Status.INVALID_ARGUMENT, message);
  }

  static EtcdException emptyKey() {
    return invalid("etcdserver: key is not provided");
  }

  static EtcdException keyNotFound() {
    return invalid("etcdserver: key not found");
  }

  static EtcdException leaseNotFound() {
    return new EtcdException(Status.NOT_FOUND, "etcdserver: requested lease not found");
  }

  static EtcdException compacted() {
    return new EtcdException(
        Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision has been compacted");
  }

  static EtcdException futureRevision() {
    return new EtcdException(
        Status.OUT_OF_RANGE, "etcdserver: mvcc: required revision is a future revision");
  }

  static EtcdException tooLarge() {
    return invalid("etcdserver: request is too large");
  }

  /** What etcd would say of a failure that needs no knowledge of what was asked. */
  static EtcdException of(Throwable cause) {
    if (cause instanceof EtcdException already) {
      return already;
    }
    Failure failure = Failure.of(cause);
    return switch (failure.code()) {
      case COMPACTED -> compacted();
      case TOO_LARGE -> tooLarge();
      case LIMITED -> new EtcdException(Status.RESOURCE_EXHAUSTED, "etcdserver: too many requests");
      case UNAVAILABLE -> new EtcdException(Status.UNAVAILABLE, "etcdserver: no leader");
      case TIMEOUT -> new EtcdException(Status.UNAVAILABLE, "etcdserver: request timed out");
      case INTERNAL -> new EtcdException(Status.INTERNAL, String.valueOf(failure.getMessage()));
      default -> invalid(String.valueOf(failure.getMessage()));
    };
  }

  /** The same as a stream that could not begin tells it, which is of no known status. */
  EtcdException ofStream() {
    return new EtcdException(Status.UNKNOWN, message());
  }

  boolean isFault() {
    return status == Status.INTERNAL;
  }

  int httpStatus() {
    return status.http;
  }

  JsonObject toJson() {
    return new JsonObject()
        .put("error", message())
        .put("message", message())
        .put("code", status.code);
  }

  private String message() {
    return String.valueOf(getMessage());
  }
}
