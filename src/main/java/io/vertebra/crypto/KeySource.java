package io.vertebra.crypto;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Where the secret keys of a concern are from.
 *
 * @param concern whose section tells it
 * @param written keys as {@code id:base64} of 32 bytes, at most 20; JSON {@code secretKeys}
 * @param file that holds such keys instead, one in a line; JSON {@code secretKeyFile}
 */
public record KeySource(String concern, List<String> written, Optional<Path> file) {
  private static final int MAX_KEYS = 20;

  public KeySource {
    written = List.copyOf(written);
    if (!written.isEmpty() && file.isPresent()) {
      throw Failure.invalid("/secretKeyFile", "and secretKeys exclude each other");
    }
    SecretKeys unused = new SecretKeys(concern, written);
  }

  /**
   * Reads both fields.
   *
   * @param about what the keys are for
   */
  public static Supplier<KeySource> reading(Fields fields, String concern, String about) {
    List<String> written =
        fields.texts("secretKeys", MAX_KEYS, 200).secret().about(about).orElse(List.of());
    Optional<String> file =
        fields
            .text("secretKeyFile", 1, 4096)
            .about("File that holds such keys instead, one in a line.")
            .optional();
    return () -> new KeySource(concern, written, file.map(Path::of));
  }

  public boolean isGiven() {
    return !written.isEmpty() || file.isPresent();
  }

  /** The keys told, or those of the file. Blocks. */
  public SecretKeys read() throws IOException {
    return file.isPresent() ? read(file.get()) : new SecretKeys(concern, written);
  }

  /**
   * The same; where none are given those of this node's own file.
   *
   * @param own the file, made with a new key if it is not there; readable by its owner alone
   * @param alone whether it may be made: nodes of a cluster need the same keys
   */
  public SecretKeys readOrMake(Path own, boolean alone) throws IOException {
    if (isGiven()) {
      return read();
    }
    if (!Files.exists(own)) {
      if (!alone) {
        throw Failure.invalid(
            "/" + concern + "/secretKeyFile",
            "or " + concern + ".secretKeys is missing: nodes of a cluster need the same keys");
      }
      KeyFile.make(own);
    }
    return read(own);
  }

  private SecretKeys read(Path from) throws IOException {
    List<String> lines =
        Files.readAllLines(from).stream()
            .map(String::strip)
            .filter(line -> !line.isEmpty() && !line.startsWith("#"))
            .toList();
    if (lines.isEmpty()) {
      throw Failure.invalid("/" + concern + "/secretKeyFile", "holds no key: " + from);
    }
    return new SecretKeys(concern, lines);
  }

  /** The keys stay out of logs. */
  @Override
  public String toString() {
    return "KeySource[" + concern + "]";
  }
}
