package io.vertebra.sqs;

import io.vertebra.api.Failure;
import io.vertx.core.json.JsonObject;

/** A failure in the words of SQS. It carries no stack trace. */
final class SqsException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final SqsError error;

  SqsException(SqsError error, String message) {
    super(message, null, false, false);
    this.error = error;
  }

  /** A value that a parameter may not have. */
  static SqsException invalid(String parameter, Object value, String reason) {
    return new SqsException(
        SqsError.INVALID_PARAMETER_VALUE,
        "Value " + value + " for parameter " + parameter + " is invalid. Reason: " + reason);
  }

  static SqsException missing(String parameter) {
    return new SqsException(
        SqsError.MISSING_PARAMETER, "The request must contain the parameter " + parameter + ".");
  }

  static SqsException unknownQueue() {
    return new SqsException(SqsError.QUEUE_DOES_NOT_EXIST, "The specified queue does not exist.");
  }

  /** What SQS would say of a failure that needs no knowledge of what was asked. */
  static SqsException of(Throwable cause) {
    if (cause instanceof SqsException already) {
      return already;
    }
    Failure failure = Failure.of(cause);
    SqsError error =
        switch (failure.code()) {
          case NOT_FOUND -> SqsError.QUEUE_DOES_NOT_EXIST;
          case UNAUTHENTICATED -> SqsError.UNRECOGNIZED_CLIENT;
          case FORBIDDEN -> SqsError.ACCESS_DENIED;
          case LIMITED, CONFLICT, STALE -> SqsError.REQUEST_THROTTLED;
          case FENCED -> SqsError.RECEIPT_HANDLE_IS_INVALID;
          case INTERNAL -> SqsError.INTERNAL_FAILURE;
          case UNAVAILABLE, TIMEOUT, BAD_GATEWAY -> SqsError.SERVICE_UNAVAILABLE;
          default -> SqsError.INVALID_PARAMETER_VALUE;
        };
    return new SqsException(error, String.valueOf(failure.getMessage()));
  }

  SqsError error() {
    return error;
  }

  JsonObject toJson() {
    return new JsonObject().put("__type", error.type()).put("message", getMessage());
  }

  /** The same of an entry of a batch. */
  JsonObject ofEntry(String id) {
    return new JsonObject()
        .put("Id", id)
        .put("SenderFault", error.isFaultOfSender())
        .put("Code", error.code())
        .put("Message", getMessage());
  }
}
