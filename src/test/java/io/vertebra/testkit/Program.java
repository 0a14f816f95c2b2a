package io.vertebra.testkit;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * The program as the launcher runs it: from a jar, with an archive of its classes, so that the many
 * processes of the tests start in half the time. Made once for each build and JDK.
 */
final class Program {
  private static final Path HOME = Path.of("target", "program").toAbsolutePath();
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final long LIMIT_SECONDS = 120;

  private Program() {}

  /** What follows the JVM's own options: where the classes are, and the class to run. */
  static List<String> words() {
    return Made.WORDS;
  }

  static String java() {
    return JAVA.toString();
  }

  /** Made when first asked for. */
  private static final class Made {
    static final List<String> WORDS = make();
  }

  private static List<String> make() {
    List<Path> entries =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(Path::of)
            .toList();
    Path classes =
        entries.stream().filter(entry -> entry.endsWith("target/classes")).findAny().orElseThrow();
    try {
      Path folder = HOME.resolve(Integer.toHexString(Objects.hash(JAVA, entries, newest(classes))));
      List<String> words = new ArrayList<>(words(folder, entries));
      Path archive = folder.resolve("program.jsa");
      Files.createDirectories(HOME);
      try (FileChannel file =
              FileChannel.open(
                  HOME.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
          FileLock unused = file.lock()) {
        if (!Files.exists(archive)) {
          removeOlder();
          pack(classes, Files.createDirectories(folder).resolve("program.jar"));
          dump(archive, words);
        }
      }
      words.addAll(0, List.of("-Xshare:auto", "-XX:SharedArchiveFile=" + archive));
      return List.copyOf(words);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private static List<String> words(Path folder, List<Path> entries) {
    String libraries =
        entries.stream()
            .filter(Files::isRegularFile)
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    return List.of(
        "-cp", folder.resolve("program.jar") + File.pathSeparator + libraries, "io.vertebra.Main");
  }

  private static long newest(Path classes) throws IOException {
    try (Stream<Path> files = Files.walk(classes)) {
      return files.mapToLong(file -> file.toFile().lastModified()).max().orElseThrow();
    }
  }

  private static void removeOlder() throws IOException {
    try (Stream<Path> files = Files.walk(HOME)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        if (!file.equals(HOME) && !file.endsWith("lock")) {
          Files.delete(file);
        }
      }
    }
  }

  private static void pack(Path classes, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        ZipOutputStream zip = new ZipOutputStream(file);
        Stream<Path> files = Files.walk(classes)) {
      for (Path each : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(classes.relativize(each).toString()));
        Files.copy(each, zip);
        zip.closeEntry();
      }
    }
  }

  private static void dump(Path archive, List<String> words)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(java(), "-XX:ArchiveClassesAtExit=" + archive));
    command.addAll(words);
    command.add("warm-up");
    Path output = archive.resolveSibling("warm-up.log");
    Process process =
        new ProcessBuilder(command)
            .directory(archive.getParent().toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) || !Files.exists(archive)) {
      process.destroyForcibly();
      throw new AssertionError("no archive of classes:\n" + Files.readString(output));
    }
  }
}
