package io.vertebra.documents;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.documents.Document.Example;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/**
 * Runs the examples of a document in one bash, as a reader would who copies one after the other,
 * but on ports that are free. What the examples start ends with them.
 */
final class ShellSession {
  private static final long LIMIT_SECONDS = 150;

  /** The ports that documents may name: api, gateway, cluster, servers behind the gateway. */
  private static final Pattern PORT = Pattern.compile("\\b(850|808|570|670|900)\\d\\b");

  private static final String ANY_LINES = "(?:.*\n)*?";

  private final Path folder;
  private final Map<String, String> ports = new TreeMap<>();

  /**
   * @param folder where the examples run: a copy of the project
   */
  ShellSession(Path folder) {
    this.folder = folder;
  }

  /** Runs the examples; fails as soon as one fails or prints something else. */
  void run(Document document) throws IOException, InterruptedException {
    List<Example> examples = document.examples();
    findPorts(document);
    Path outputs = Files.createTempDirectory(folder, "outputs");
    Path script = outputs.resolve("script");
    Files.writeString(script, script(examples, outputs));
    int code = execute(script);
    for (int i = 0; i < examples.size(); i++) {
      Example example = examples.get(i);
      String where = document + ":" + example.block().line();
      String errors = read(outputs.resolve(i + ".err"));
      String output = read(outputs.resolve(i + ".out"));
      boolean next = Files.exists(outputs.resolve((i + 1) + ".out"));
      boolean done = next || (code == 0 && i == examples.size() - 1);
      assertThat(done).as("%s fails with %d:%n%s%n%s", where, code, output, errors).isTrue();
      example
          .output()
          .map(this::withPorts)
          .ifPresent(expected -> assertThat(output).as(where).matches(pattern(expected)));
    }
  }

  /** A pattern for an output in which {@code ...} stands for anything. */
  static Pattern pattern(String expected) {
    StringBuilder regex = new StringBuilder();
    for (String line : expected.lines().toList()) {
      if (line.strip().equals("...")) {
        regex.append(ANY_LINES);
      } else {
        List<String> parts = List.of(line.split("\\.\\.\\.", -1));
        regex.append(String.join(".*", parts.stream().map(Pattern::quote).toList())).append("\n");
      }
    }
    return Pattern.compile(regex.toString().replaceFirst("\n$", "\n?"));
  }

  private void findPorts(Document document) throws IOException {
    List<ServerSocket> sockets = new ArrayList<>();
    List<String> documented = new ArrayList<>(List.of("8500", "8080", "5701", "6701"));
    document
        .examples()
        .forEach(
            example ->
                PORT.matcher(example.block().text())
                    .results()
                    .map(MatchResult::group)
                    .forEach(documented::add));
    for (String port : documented.stream().distinct().toList()) {
      ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
      sockets.add(socket);
      ports.put(port, String.valueOf(socket.getLocalPort()));
    }
    for (ServerSocket socket : sockets) {
      socket.close();
    }
  }

  private String withPorts(String text) {
    return PORT.matcher(text).replaceAll(match -> ports.getOrDefault(match.group(), match.group()));
  }

  private String script(List<Example> examples, Path outputs) {
    StringBuilder script = new StringBuilder("set -euo pipefail\n");
    script.append("trap 'kill $(jobs -p) 2>/dev/null || true; wait' EXIT\n");
    for (int i = 0; i < examples.size(); i++) {
      script
          .append(String.format("exec >'%s/%d.out' 2>'%s/%d.err'%n", outputs, i, outputs, i))
          .append(withPorts(examples.get(i).block().text()))
          .append('\n');
    }
    return script.toString();
  }

  /** Yields the exit code; after the time limit, that of a kill. */
  private int execute(Path script) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder("bash", script.toString());
    builder.directory(folder.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("VERTEBRA_"));
    builder.environment().put("VERTEBRA_API_PORT", ports.get("8500"));
    builder.environment().put("VERTEBRA_GATEWAY_PORT", ports.get("8080"));
    builder.environment().put("VERTEBRA_CLUSTER_PORT", ports.get("5701"));
    builder.environment().put("VERTEBRA_RAFT_PORT", ports.get("6701"));
    Path data = Files.createTempDirectory(folder, "data");
    builder.environment().put("VERTEBRA_RAFT_FOLDER", data.resolve("kv").toString());
    Process bash =
        builder
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    if (!bash.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
      List<ProcessHandle> started = bash.descendants().toList();
      bash.destroyForcibly();
      started.forEach(ProcessHandle::destroyForcibly);
    }
    return bash.waitFor();
  }

  private static String read(Path file) throws IOException {
    return Files.exists(file) ? Files.readString(file) : "";
  }
}
