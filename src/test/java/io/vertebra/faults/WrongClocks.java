package io.vertebra.faults;

import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Nodes whose wall clocks can be set, each for itself, while their monotonic clocks go on.
 *
 * @param inner what runs on them
 * @param folder for a library that is built here, and the clocks
 */
record WrongClocks(Software inner, Path folder) implements Software {
  private static final Path SOURCE = Path.of("src/test/resources/faults/clock.c");

  /** Where there is no C compiler, the test is skipped. */
  WrongClocks {
    try {
      Network.nodes().forEach(node -> set(folder, node, Duration.ZERO));
      Process compiler =
          new ProcessBuilder(
                  "cc", "-shared", "-fPIC", "-o", library(folder), SOURCE.toString(), "-ldl")
              .redirectErrorStream(true)
              .start();
      String output = new String(compiler.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (compiler.waitFor() != 0) {
        throw new AssertionError(output);
      }
    } catch (IOException e) {
      abort("no C compiler here: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Sets how far the clock of a node is ahead. */
  void set(int node, Duration ahead) {
    set(folder, node, ahead);
  }

  private static void set(Path folder, int node, Duration ahead) {
    byte[] seconds =
        ByteBuffer.allocate(Long.BYTES)
            .order(ByteOrder.nativeOrder())
            .putLong(ahead.toSeconds())
            .array();
    try (RandomAccessFile file = new RandomAccessFile(clock(folder, node).toFile(), "rw")) {
      file.write(seconds);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String library(Path folder) {
    return folder.resolve("clock.so").toString();
  }

  private static Path clock(Path folder, int node) {
    return folder.resolve("clock" + node);
  }

  @Override
  public List<String> command(int node, Network network) {
    List<String> command =
        new ArrayList<>(
            List.of("env", "LD_PRELOAD=" + library(folder), "CLOCK_FILE=" + clock(folder, node)));
    command.addAll(inner.command(node, network));
    return command;
  }

  @Override
  public Store store(int node, Network network) {
    return inner.store(node, network);
  }
}
