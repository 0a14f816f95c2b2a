package io.vertebra;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertebra.testkit.Child;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command line as a person or a supervisor sees it: a process. */
@Timeout(60)
final class MainTest {
  private static final String[] ANY_PORT = {
    "start",
    "--set",
    "api.port=0",
    "--set",
    "gateway.port=0",
    "--set",
    "cluster.port=0",
    "--set",
    "raft.port=0"
  };

  @TempDir Path folder;

  @Test
  void startsSaysWhereItListensAnswersAndStopsOnSigterm() throws InterruptedException {
    try (Child node = Child.vertebra(folder, ANY_PORT)) {
      Matcher api = node.awaitLine("api +(http://127.0.0.1:\\d+)");
      try (Child health =
          Child.vertebra(folder, "health", "--url", api.group(1) + "/health/ready")) {
        assertThat(health.awaitExit()).isZero();
        assertThat(health.output()).contains("answers 200");
      }
      node.terminate();
      assertThat(node.awaitExit()).isZero();
      assertThat(node.output()).contains("node.drained inFlight=0", "node.stopped");
    }
  }

  @Test
  void namesTheKeyWhenThePortIsInUse() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child node =
            Child.vertebra(
                folder,
                "start",
                "--set",
                "cluster.port=0",
                "--set",
                "raft.port=0",
                "--set",
                "api.port=" + taken.getLocalPort())) {
      assertThat(node.awaitExit()).isEqualTo(1);
      assertThat(node.output())
          .contains("127.0.0.1:" + taken.getLocalPort() + ", the port is in use", "set api.port");
    }
  }

  @Test
  void namesTheKeyWhenTheClustersPortIsInUse() throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child node =
            Child.vertebra(
                folder,
                "start",
                "--set",
                "cluster.members=127.0.0.1:1",
                "--set",
                "cluster.port=" + taken.getLocalPort())) {
      assertThat(node.awaitExit()).isEqualTo(1);
      assertThat(node.output()).contains("the port is in use", "set cluster.port");
      assertThat(node.output().lines()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "127.0.0.1:1"})
  void namesTheKeyWhenTheStoresPortIsInUse(String members)
      throws IOException, InterruptedException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Child node =
            Child.vertebra(
                folder,
                "start",
                "--set",
                "cluster.port=0",
                "--set",
                "cluster.members=" + members,
                "--set",
                "raft.port=" + taken.getLocalPort())) {
      assertThat(node.awaitExit()).isEqualTo(1);
      assertThat(node.output())
          .contains("127.0.0.1:" + taken.getLocalPort() + ", the port is in use", "set raft.port");
      assertThat(node.output()).doesNotContain("stack=");
    }
  }

  @Test
  void refusesOptionsNobodyKnowsAndNamesThemAll() throws IOException, InterruptedException {
    Files.createDirectory(folder.resolve("conf"));
    Files.writeString(folder.resolve("conf/vertebra.yaml"), "api:\n  prot: 1\nnone: 1\n");
    for (String command : new String[] {"start", "check-config"}) {
      try (Child child = Child.vertebra(folder, command)) {
        assertThat(child.awaitExit()).isEqualTo(1);
        assertThat(child.output())
            .contains("api.prot is not known", "conf/vertebra.yaml:2")
            .contains("none is not known", "conf/vertebra.yaml:3");
      }
    }
  }

  @Test
  void printsTheOptionsThatWouldBeUsed() throws InterruptedException {
    try (Child child = Child.vertebra(folder, "check-config", "--set", "api.port=1")) {
      assertThat(child.awaitExit()).isZero();
      assertThat(child.output()).contains("api.port = 1   # --set", "log.level = info   # default");
    }
  }

  @Test
  void tellsWhenNothingAnswersAndWhenACommandIsMisspelt() throws InterruptedException {
    try (Child health = Child.vertebra(folder, "health", "--set", "api.port=1")) {
      assertThat(health.awaitExit()).isEqualTo(1);
      assertThat(health.output()).contains("http://127.0.0.1:1/health/ready does not answer");
    }
    try (Child health = Child.vertebra(folder, "health", "--url", "http://127.0.0.1:1/")) {
      assertThat(health.awaitExit()).isEqualTo(1);
      assertThat(health.output()).contains("does not answer");
    }
    try (Child misspelt = Child.vertebra(folder, "strat")) {
      assertThat(misspelt.awaitExit()).isEqualTo(2);
    }
  }
}
