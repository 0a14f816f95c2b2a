package io.vertebra.http;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertebra.api.FailureCode;
import io.vertx.core.json.JsonObject;
import java.util.Locale;

/** Why a listener turns a connection or a request away before a handler sees it. */
enum Refusal {
  /** Too many connections: closed without an answer. */
  CONNECTIONS(503, "Service Unavailable", FailureCode.UNAVAILABLE),
  MALFORMED(400, "Bad Request", FailureCode.INVALID),
  REQUEST_LINE(414, "URI Too Long", FailureCode.INVALID),
  HEADERS(431, "Request Header Fields Too Large", FailureCode.INVALID),
  BODY(413, "Content Too Large", FailureCode.TOO_LARGE),
  /** Its rest did not come in time; a handler may have seen the request. */
  BODY_TIMEOUT(408, "Request Timeout", FailureCode.TOO_SLOW),
  IN_FLIGHT(503, "Service Unavailable", FailureCode.UNAVAILABLE),
  DRAINING(503, "Service Unavailable", FailureCode.UNAVAILABLE);

  private final int status;
  private final String title;
  private final FailureCode code;

  Refusal(int status, String title, FailureCode code) {
    this.status = status;
    this.title = title;
    this.code = code;
  }

  int status() {
    return status;
  }

  /** Whether the same request may succeed later. */
  boolean passes() {
    return code == FailureCode.UNAVAILABLE;
  }

  /** The label of the metric. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * @param instance the request's path
   */
  JsonObject toProblem(String detail, String instance) {
    return Problems.of(status, title, code.label(), detail, instance);
  }

  /** What a request that could not be decoded is refused for. */
  static Refusal of(Throwable cause) {
    if (cause instanceof TooLongHttpLineException) {
      return REQUEST_LINE;
    }
    return cause instanceof TooLongHttpHeaderException ? HEADERS : MALFORMED;
  }
}
