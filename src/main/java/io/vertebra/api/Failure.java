package io.vertebra.api;

import io.vertx.core.Future;
import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** An expected failure: a code to act on and a sentence for a person. It carries no stack trace. */
public final class Failure extends RuntimeException {
  private static final long serialVersionUID = 1;

  /** Most violations told, so that an answer is not much longer than the request. */
  private static final int MAX_VIOLATIONS = 100;

  private final FailureCode code;
  private final transient List<Violation> violations;

  public Failure(FailureCode code, String message) {
    this(code, message, List.of());
  }

  private Failure(FailureCode code, String message, List<Violation> violations) {
    super(message, null, false, false);
    this.code = code;
    this.violations = violations;
  }

  /** A request with these things wrong, all told at once. */
  public static Failure invalid(List<Violation> violations) {
    List<Violation> told = violations;
    if (violations.size() > MAX_VIOLATIONS) {
      told = new ArrayList<>(violations.subList(0, MAX_VIOLATIONS));
      told.add(new Violation("", "and " + (violations.size() - MAX_VIOLATIONS) + " more"));
    }
    return new Failure(
        FailureCode.INVALID,
        told.stream().map(Violation::toString).collect(Collectors.joining("; ")),
        List.copyOf(told));
  }

  /** A request with one thing wrong. */
  public static Failure invalid(String pointer, String detail) {
    return invalid(List.of(new Violation(pointer, detail)));
  }

  public FailureCode code() {
    return code;
  }

  /** What is wrong with the request, if it is {@link FailureCode#INVALID}; may be empty. */
  public List<Violation> violations() {
    return violations;
  }

  public static <T> Future<T> future(FailureCode code, String message) {
    return Future.failedFuture(new Failure(code, message));
  }

  /**
   * The failure that {@code cause} stands for; anything unexpected is {@link FailureCode#INTERNAL}.
   */
  public static Failure of(Throwable cause) {
    if (cause instanceof Failure failure) {
      return failure;
    }
    if (cause instanceof ReplyException reply) {
      return ofReply(reply);
    }
    return new Failure(FailureCode.INTERNAL, "unexpected failure");
  }

  private static Failure ofReply(ReplyException reply) {
    FailureCode code =
        switch (reply.failureType()) {
          case TIMEOUT -> FailureCode.TIMEOUT;
          case NO_HANDLERS -> FailureCode.UNAVAILABLE;
          case RECIPIENT_FAILURE -> FailureCode.ofStatus(reply.failureCode());
          case ERROR -> FailureCode.INTERNAL;
        };
    return new Failure(code, String.valueOf(reply.getMessage()));
  }

  /**
   * An RFC 9457 problem document.
   *
   * @param instance the request's path
   */
  public JsonObject toProblem(String instance) {
    JsonObject problem =
        new JsonObject()
            .put("type", "about:blank")
            .put("title", code.title())
            .put("status", code.httpStatus())
            .put("code", code.label())
            .put("detail", getMessage())
            .put("instance", instance);
    if (!violations.isEmpty()) {
      problem.put("errors", new JsonArray(violations.stream().map(Violation::toJson).toList()));
    }
    return problem;
  }
}
