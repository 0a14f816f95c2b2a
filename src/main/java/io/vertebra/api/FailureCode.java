package io.vertebra.api;

import java.util.Locale;

/**
 * Why an operation failed, the same word on every transport. The HTTP status is the response's and
 * the bus reply's; the name, in lower case, is the {@code code} of the problem document and the
 * label of the metric.
 */
public enum FailureCode {
  /** The request itself is wrong; sending it again cannot help. */
  INVALID(400, "Bad Request"),
  /** The caller has not proven who it is. */
  UNAUTHENTICATED(401, "Unauthorized"),
  /** The caller is known and may not do this. */
  FORBIDDEN(403, "Forbidden"),
  /** The thing named does not exist. */
  NOT_FOUND(404, "Not Found"),
  /** The rest of the request did not arrive in time. */
  TOO_SLOW(408, "Request Timeout"),
  /** Someone else holds it, or it changed meanwhile; may be tried again later. */
  CONFLICT(409, "Conflict"),
  /** The revision asked for is forgotten; read the present state, then go on from there. */
  COMPACTED(410, "Gone"),
  /** The revision the caller expected is not the present one; read again, then decide. */
  STALE(412, "Precondition Failed"),
  /** The request is longer than the node takes. */
  TOO_LARGE(413, "Content Too Large"),
  /** The idempotency key belongs to another request; only a new key can help. */
  MISMATCH(422, "Unprocessable Content"),
  /** Someone else took over what the caller held; it must stop acting as the holder. */
  FENCED(423, "Locked"),
  /** Over the limit; wait, then try again. */
  LIMITED(429, "Too Many Requests"),
  /** A fault of ours. */
  INTERNAL(500, "Internal Server Error"),
  /** What lies behind the gateway gave no proper answer. */
  BAD_GATEWAY(502, "Bad Gateway"),
  /** No leader, no backend or no room at present; nothing was done. */
  UNAVAILABLE(503, "Service Unavailable"),
  /** No answer within the deadline; the effect is unknown. */
  TIMEOUT(504, "Gateway Timeout");

  private final int httpStatus;
  private final String title;

  FailureCode(int httpStatus, String title) {
    this.httpStatus = httpStatus;
    this.title = title;
  }

  public int httpStatus() {
    return httpStatus;
  }

  /** The reason phrase of the status in RFC 9110, RFC 6585 or RFC 4918. */
  public String title() {
    return title;
  }

  /** The word in problem documents and metric labels. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The code whose status this is; any other status is {@link #INTERNAL}. */
  static FailureCode ofStatus(int status) {
    for (FailureCode code : values()) {
      if (code.httpStatus == status) {
        return code;
      }
    }
    return INTERNAL;
  }
}
