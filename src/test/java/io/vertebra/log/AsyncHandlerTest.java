package io.vertebra.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(10)
final class AsyncHandlerTest {

  @Test
  void writesEverythingInOrderBeforeItIsClosed() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    AsyncHandler handler = new AsyncHandler(output, new LogfmtFormatter(), 1_000);
    for (int i = 0; i < 500; i++) {
      handler.publish(new LogRecord(Level.INFO, "n" + i));
    }
    handler.close();
    String[] lines = output.toString(UTF_8).split("\n");
    assertThat(lines).hasSize(500);
    assertThat(lines[0]).endsWith("msg=n0");
    assertThat(lines[499]).endsWith("msg=n499");
  }

  @Test
  void dropsAndCountsWhatHasNoRoomAndNeverWaits() throws InterruptedException {
    StuckStream output = new StuckStream();
    AsyncHandler handler = new AsyncHandler(output, new LogfmtFormatter(), 2);
    handler.publish(new LogRecord(Level.INFO, "first"));
    output.writing.await();
    for (int i = 0; i < 5; i++) {
      handler.publish(new LogRecord(Level.INFO, "n" + i));
    }
    assertThat(handler.dropped()).isEqualTo(3);
    output.go.countDown();
    handler.close();
    assertThat(output.written.toString(UTF_8))
        .contains("msg=first", "msg=n0", "msg=n1", "log.dropped count=3")
        .doesNotContain("n2");
  }

  @Test
  void setsLevelsByLogger() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    LogOptions options =
        new LogOptions(
            LogOptions.Format.JSON,
            LogLevel.WARN,
            Map.of("test.chatty", LogLevel.DEBUG, "test.silent", LogLevel.OFF));
    try (LogSystem log = LogSystem.open(options, output)) {
      assertThat(log).isNotNull();
      Logger.getLogger("test.other").info("no");
      Logger.getLogger("test.chatty.child").fine("yes");
      Logger.getLogger("test.silent").severe("no");
    }
    assertThat(output.toString(UTF_8).lines()).singleElement().asString().contains("\"yes\"");
  }

  /** Takes nothing until told to go on. */
  private static final class StuckStream extends OutputStream {
    final CountDownLatch writing = new CountDownLatch(1);
    final CountDownLatch go = new CountDownLatch(1);
    final ByteArrayOutputStream written = new ByteArrayOutputStream();

    @Override
    public void write(int octet) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      writing.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      written.write(bytes, offset, length);
    }
  }
}
