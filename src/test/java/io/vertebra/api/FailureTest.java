package io.vertebra.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.eventbus.ReplyException;
import io.vertx.core.eventbus.ReplyFailure;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FailureTest {

  @Test
  void isAProblemDocumentThatListsEverythingWrong() {
    Failure failure =
        Failure.invalid(List.of(new Violation("/a", "is missing"), new Violation("", "is bad")));
    assertThat(failure.toProblem("/path"))
        .isEqualTo(
            new JsonObject(
                """
                {"type":"about:blank","title":"Bad Request","status":400,"code":"invalid",
                 "detail":"/a is missing; is bad","instance":"/path",
                 "errors":[{"pointer":"/a","detail":"is missing"},{"pointer":"","detail":"is bad"}]}
                """));
    assertThat(new Failure(FailureCode.CONFLICT, "held").toProblem("/").containsKey("errors"))
        .isFalse();
  }

  @ParameterizedTest
  @EnumSource
  void keepsItsCodeOverTheBus(FailureCode code) {
    ReplyException reply =
        new ReplyException(ReplyFailure.RECIPIENT_FAILURE, code.httpStatus(), "why");
    assertThat(Failure.of(reply).code()).isEqualTo(code);
    assertThat(Failure.of(reply)).hasMessage("why");
  }

  @Test
  void tellsNoAnswerFromNobodyThere() {
    assertThat(Failure.of(new ReplyException(ReplyFailure.TIMEOUT)).code())
        .isEqualTo(FailureCode.TIMEOUT);
    assertThat(Failure.of(new ReplyException(ReplyFailure.NO_HANDLERS)).code())
        .isEqualTo(FailureCode.UNAVAILABLE);
  }

  @Test
  void keepsTheReasonOfAnythingUnexpectedToItself() {
    Failure failure = Failure.of(new IllegalStateException("password is 1234"));
    assertThat(failure.code()).isEqualTo(FailureCode.INTERNAL);
    assertThat(failure.getMessage()).doesNotContain("1234");
  }

  @Test
  void costsNoStackTrace() {
    assertThat(new Failure(FailureCode.CONFLICT, "held").getStackTrace()).isEmpty();
  }

  @Test
  void hasOneStatusPerCode() {
    assertThat(Arrays.stream(FailureCode.values()).map(FailureCode::httpStatus))
        .doesNotHaveDuplicates();
  }
}
