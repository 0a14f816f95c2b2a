package io.vertebra.etcd;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The etcd that this machine has, on ports of its own and an empty folder. */
final class EtcdProcess implements AutoCloseable {
  private static final Path BINARY = Path.of("/usr/bin/etcd");

  private final Process process;
  private final int port;

  private EtcdProcess(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it; skips the test where there is none, or one of another version. */
  static EtcdProcess start(Path folder) throws IOException, InterruptedException {
    assumeTrue(Files.isExecutable(BINARY), BINARY + " is not installed");
    assumeTrue(version().contains("etcd Version: 3.4."), BINARY + " is no etcd 3.4");
    int port = freePort();
    String client = "http://127.0.0.1:" + port;
    String peer = "http://127.0.0.1:" + freePort();
    List<String> command =
        List.of(
            BINARY.toString(),
            "--data-dir=" + folder.resolve("etcd"),
            "--listen-client-urls=" + client,
            "--advertise-client-urls=" + client,
            "--listen-peer-urls=" + peer,
            "--initial-advertise-peer-urls=" + peer,
            "--initial-cluster=default=" + peer);
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("etcd.log").toFile())
            .start();
    EtcdProcess etcd = new EtcdProcess(process, port);
    eventually(() -> assertThat(etcd.answers()).isTrue());
    return etcd;
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }

  private boolean answers() {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (IOException notYet) {
      return false;
    }
  }

  private static String version() throws IOException, InterruptedException {
    Process asked = new ProcessBuilder(BINARY.toString(), "--version").start();
    String text = new String(asked.getInputStream().readAllBytes());
    asked.waitFor();
    return text;
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
