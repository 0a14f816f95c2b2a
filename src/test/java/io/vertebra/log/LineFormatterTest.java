package io.vertebra.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.time.Instant;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

final class LineFormatterTest {

  @Test
  void writesLogfmt() {
    assertThat(new LogfmtFormatter().format(record("a.opened b=\"1\"", null)))
        .isEqualTo(
            "time=2030-01-01T00:00:00.007Z level=warn logger=io.vertebra.A"
                + " msg=\"a.opened b=\\\"1\\\"\"\n");
    assertThat(new LogfmtFormatter().format(record("word", null))).endsWith(" msg=word\n");
    assertThat(new LogfmtFormatter().format(record("", null))).endsWith(" msg=\"\"\n");
  }

  @Test
  void writesJson() {
    JsonObject json = new JsonObject(new JsonFormatter().format(record("said\n\"hi\"", null)));
    assertThat(json)
        .isEqualTo(
            new JsonObject()
                .put("time", "2030-01-01T00:00:00.007Z")
                .put("level", "warn")
                .put("logger", "io.vertebra.A")
                .put("msg", "said\n\"hi\""));
  }

  @Test
  void writesAnExceptionOnTheSameLine() {
    LogRecord record = record("failed", new IllegalStateException("two\nlines"));
    String logfmt = new LogfmtFormatter().format(record);
    assertThat(logfmt.lines()).hasSize(1);
    assertThat(logfmt).contains("two\\nlines", "stack=", "LineFormatterTest.writesAnException");
    assertThat(new JsonObject(new JsonFormatter().format(record)).getString("stack"))
        .contains("\tat io.vertebra.log.LineFormatterTest");
  }

  @Test
  void escapesWhatATerminalWouldActOn() {
    assertThat(new LogfmtFormatter().format(record("\u001b[31m\u2028\u202e\ud800", null)))
        .endsWith("msg=\"\\u001b[31m\\u2028\\u202e\\ud800\"\n");
    assertThat(new LogfmtFormatter().format(record("gr\u00fcn \ud83d\ude00", null)))
        .endsWith("msg=\"gr\u00fcn \ud83d\ude00\"\n");
  }

  @Property
  void aRecordIsAlwaysOneLine(@ForAll String message, @ForAll String thrown) {
    LogRecord record = record(message, new IllegalStateException(thrown));
    for (LineFormatter formatter :
        new LineFormatter[] {new LogfmtFormatter(), new JsonFormatter()}) {
      String line = formatter.format(record);
      assertThat(line).endsWith("\n");
      assertThat(line.substring(0, line.length() - 1))
          .doesNotContainPattern("[\\x00-\\x1f\\x7f-\\x9f\\u2028\\u2029]");
    }
  }

  @Property
  void aJsonLineHoldsTheMessageUnchanged(@ForAll String message) {
    JsonObject json = new JsonObject(new JsonFormatter().format(record(message, null)));
    assertThat(json.getString("msg")).isEqualTo(message);
  }

  private static LogRecord record(String message, Throwable thrown) {
    LogRecord record = new LogRecord(Level.WARNING, message);
    record.setLoggerName("io.vertebra.A");
    record.setInstant(Instant.parse("2030-01-01T00:00:00.007Z"));
    record.setThrown(thrown);
    return record;
  }
}
