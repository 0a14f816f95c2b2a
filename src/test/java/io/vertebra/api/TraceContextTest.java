package io.vertebra.api;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.MultiMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TraceContextTest {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String SPAN = "b7ad6b7169203331";

  private static MultiMap headers(String... pairs) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < pairs.length; i += 2) {
      headers.add(pairs[i], pairs[i + 1]);
    }
    return headers;
  }

  @Test
  void readsWhereTheCallerStands() {
    TraceContext read =
        TraceContext.from(
            headers("Traceparent", "00-" + TRACE + "-" + SPAN + "-01", "tracestate", "a=b"));
    assertThat(read).isEqualTo(new TraceContext(TRACE, SPAN, true, "a=b"));
  }

  @Test
  void acceptsALaterVersionWithMoreFields() {
    TraceContext read =
        TraceContext.from(headers("traceparent", "cc-" + TRACE + "-" + SPAN + "-00-more"));
    assertThat(read.traceId()).isEqualTo(TRACE);
    assertThat(read.sampled()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
      })
  void beginsANewTraceWhenTheHeaderIsInvalid(String parent) {
    TraceContext begun = TraceContext.from(headers("traceparent", parent));
    assertThat(begun.traceId()).isNotEqualTo(TRACE).matches("[0-9a-f]{32}");
    assertThat(begun.spanId()).matches("[0-9a-f]{16}");
    assertThat(begun.sampled()).isFalse();
  }

  @Test
  void understandsB3WhereThereIsNoTraceparent() {
    TraceContext expected = new TraceContext(TRACE, SPAN, true, "");
    assertThat(TraceContext.from(headers("b3", TRACE + "-" + SPAN + "-1"))).isEqualTo(expected);
    assertThat(
            TraceContext.from(
                headers("X-B3-TraceId", TRACE, "X-B3-SpanId", SPAN, "X-B3-Sampled", "1")))
        .isEqualTo(expected);
    assertThat(TraceContext.from(headers("b3", "b7ad6b7169203331-" + SPAN)).traceId())
        .isEqualTo("0000000000000000b7ad6b7169203331");
  }

  @Test
  void staysInTheTraceUnderASpanOfItsOwn() {
    TraceContext parent = new TraceContext(TRACE, SPAN, true, "a=b");
    TraceContext child = parent.child();
    assertThat(child.traceId()).isEqualTo(TRACE);
    assertThat(child.spanId()).isNotEqualTo(SPAN);
    assertThat(child.sampled()).isTrue();
  }

  @Test
  void writesWhatItReads() {
    TraceContext context = new TraceContext(TRACE, SPAN, true, "a=b");
    MultiMap headers = headers("traceparent", "old");
    context.writeTo(headers);
    assertThat(headers.getAll("traceparent")).hasSize(1);
    assertThat(TraceContext.from(headers)).isEqualTo(context);
  }
}
