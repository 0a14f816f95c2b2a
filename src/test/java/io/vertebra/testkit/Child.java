package io.vertebra.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The command line in a process of its own, its output read line by line. Killed when closed. */
public final class Child implements AutoCloseable {
  private static final long LIMIT_SECONDS = 30;

  private final Process process;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final List<String> seen = new ArrayList<>();
  private final Thread reader = new Thread(this::read, "child-output");

  private Child(Process process) {
    this.process = process;
    reader.setDaemon(true);
    reader.start();
  }

  /** Runs {@code vertebra} in {@code folder}. */
  public static Child vertebra(Path folder, String... arguments) {
    return vertebraWith(folder, "-Xmx256m", arguments);
  }

  /** Runs {@code vertebra} in {@code folder} with options of the JVM, separated by blanks. */
  public static Child vertebraWith(Path folder, String jvmOptions, String... arguments) {
    return running(folder, command(jvmOptions, arguments));
  }

  /** What runs {@code vertebra} with options of the JVM, separated by blanks. */
  public static List<String> command(String jvmOptions, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(Program.java());
    command.addAll(List.of(jvmOptions.split(" ")));
    command.addAll(Program.words());
    command.addAll(List.of(arguments));
    return command;
  }

  /** Runs any command in {@code folder}. */
  public static Child running(Path folder, List<String> command) {
    try {
      return new Child(
          new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for a line in which {@code pattern} is found. */
  public Matcher awaitLine(String pattern) throws InterruptedException {
    Pattern wanted = Pattern.compile(pattern);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    while (true) {
      String line = lines.poll(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (line == null) {
        throw new AssertionError("no line with " + pattern + " in:\n" + String.join("\n", seen));
      }
      seen.add(line);
      Matcher matcher = wanted.matcher(line);
      if (matcher.find()) {
        return matcher;
      }
    }
  }

  /** Waits for the end of the process; yields its exit code. */
  public int awaitExit() throws InterruptedException {
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      throw new AssertionError("still running:\n" + output());
    }
    reader.join();
    return process.exitValue();
  }

  /** Whether the process has not ended. */
  public boolean isAlive() {
    return process.isAlive();
  }

  /** Everything written so far. */
  public String output() {
    lines.drainTo(seen);
    return String.join("\n", seen);
  }

  /** Sends SIGTERM; through the handle, since the process itself would close its output as well. */
  public void terminate() {
    process.toHandle().destroy();
  }

  /** Sends SIGKILL. */
  public void kill() {
    process.toHandle().destroyForcibly();
  }

  /** Sends SIGSTOP: it stands still until {@link #resume}. */
  public void suspend() {
    signal("STOP");
  }

  /** Sends SIGCONT. */
  public void resume() {
    signal("CONT");
  }

  private void signal(String name) {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
          .inheritIO()
          .start()
          .waitFor();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      reader.lines().forEach(lines::add);
    } catch (IOException | UncheckedIOException e) {
      lines.add("(output ends: " + e.getMessage() + ")");
    }
  }
}
