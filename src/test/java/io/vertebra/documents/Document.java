package io.vertebra.documents;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Markdown file, as far as tests look at it.
 *
 * <p>A block marked {@code sh} is run by the tests, one marked {@code shell} is not. A block marked
 * {@code text} right after one that is run is what it prints to standard output; there {@code ...}
 * stands for anything, alone on a line for any lines.
 */
record Document(Path path, List<String> lines) {
  private static final String FENCE = "```";
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)\\s]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /** A fenced block; {@code line} is that of its first line of text, counted from 1. */
  record Block(String language, int line, String text) {}

  /** A block to run, and what it prints if that is said. */
  record Example(Block block, Optional<String> output) {}

  static Document read(Path path) {
    try {
      return new Document(path, Files.readAllLines(path, UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Document of(String text) {
    return new Document(Path.of("example.md"), text.lines().toList());
  }

  /** Every document of the project. */
  static List<Document> all() {
    try (Stream<Path> top = Files.list(Path.of("."));
        Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(top, docs)
          .filter(file -> file.toString().endsWith(".md"))
          .map(Path::normalize)
          .sorted()
          .map(Document::read)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  List<Block> blocks() {
    List<Block> blocks = new ArrayList<>();
    int start = -1;
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).startsWith(FENCE)) {
        continue;
      }
      if (start < 0) {
        start = i;
      } else {
        String language = lines.get(start).substring(FENCE.length()).strip();
        String text = String.join("\n", lines.subList(start + 1, i));
        blocks.add(new Block(language, start + 2, text));
        start = -1;
      }
    }
    return blocks;
  }

  List<Example> examples() {
    List<Block> blocks = blocks();
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < blocks.size(); i++) {
      if (blocks.get(i).language().equals("sh")) {
        boolean told = i + 1 < blocks.size() && blocks.get(i + 1).language().equals("text");
        examples.add(
            new Example(
                blocks.get(i), told ? Optional.of(blocks.get(i + 1).text()) : Optional.empty()));
      }
    }
    return examples;
  }

  /** The lines outside of fenced blocks. */
  List<String> prose() {
    List<String> prose = new ArrayList<>();
    boolean inBlock = false;
    for (String line : lines) {
      if (line.startsWith(FENCE)) {
        inBlock = !inBlock;
      } else if (!inBlock) {
        prose.add(line);
      }
    }
    return prose;
  }

  /** Where links lead, as written. */
  List<String> links() {
    return found(LINK);
  }

  /** What stands between backticks in the prose. */
  List<String> words() {
    return found(CODE);
  }

  /** The cells of every row of every table, without backticks. */
  List<List<String>> rows() {
    return prose().stream()
        .filter(line -> line.startsWith("|"))
        .map(line -> line.substring(1).replace("`", ""))
        .map(line -> Arrays.stream(line.split("\\|", -1)).map(String::strip).toList())
        .toList();
  }

  /** The anchors of the headings, as GitHub makes them. */
  List<String> anchors() {
    return prose().stream()
        .filter(line -> line.startsWith("#"))
        .map(line -> line.replaceFirst("^#+ ", "").toLowerCase(Locale.ROOT))
        .map(line -> line.replaceAll("[^a-z0-9 _-]", "").replace(' ', '-'))
        .toList();
  }

  private List<String> found(Pattern pattern) {
    return prose().stream()
        .flatMap(line -> pattern.matcher(line).results())
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  @Override
  public String toString() {
    return path.toString();
  }
}
