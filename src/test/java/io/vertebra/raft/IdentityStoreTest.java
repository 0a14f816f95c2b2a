package io.vertebra.raft;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityStoreTest {
  private static final Group GROUP =
      new Group(-7, List.of(new Peer(2, "10.0.0.2:6701"), new Peer(5, "10.0.0.5:6701")));

  @TempDir Path folder;

  private Path file() {
    return folder.resolve(IdentityStore.FILE);
  }

  private Identity load(long random) throws IOException {
    try (IdentityStore store = IdentityStore.open(folder)) {
      return store.load(() -> random);
    }
  }

  @Test
  void anEmptyFolderGetsARandomIdThatStays() throws IOException {
    assertThat(load(42)).isEqualTo(new Identity(43, Optional.empty()));
    assertThat(load(99)).isEqualTo(new Identity(43, Optional.empty()));
  }

  @Test
  void keepsTheGroup() throws IOException {
    Identity member = load(4).in(GROUP);
    try (IdentityStore store = IdentityStore.open(folder)) {
      store.save(member);
    }
    assertThat(load(99)).isEqualTo(new Identity(5, Optional.of(GROUP)));
  }

  @Test
  void noticesEveryDamagedByteAndNamesTheFile() throws IOException {
    try (IdentityStore store = IdentityStore.open(folder)) {
      store.save(new Identity(5, Optional.of(GROUP)));
    }
    byte[] written = Files.readAllBytes(file());
    for (int i = 0; i < written.length; i++) {
      byte[] damaged = written.clone();
      damaged[i] ^= 1;
      if (isBlank(written[i]) && isBlank(damaged[i])) {
        continue;
      }
      Files.write(file(), damaged);
      assertThatThrownBy(() -> load(1))
          .as("byte %s", i)
          .isInstanceOf(IOException.class)
          .hasMessageContaining(file() + " is damaged");
    }
  }

  private static boolean isBlank(byte letter) {
    return letter == ' ' || letter == '\n' || letter == '\r';
  }

  @Test
  void noticesAFileThatWasCutOff() throws IOException {
    Files.write(file(), new byte[0]);
    assertThatThrownBy(() -> load(1)).hasMessageContaining(file() + " is damaged");
  }

  @Test
  void makesNoNewIdentityForAFolderThatHasData() throws IOException {
    Files.createDirectory(folder.resolve("log"));
    assertThatThrownBy(() -> load(1))
        .hasMessageContaining(file() + " is missing")
        .hasMessageContaining(folder.resolve("log").toString());
  }

  @Test
  void passesOverAFileThatWasBeingWrittenAndAFormerLock() throws IOException {
    Files.writeString(folder.resolve("identity.json.tmp"), "{");
    Files.writeString(folder.resolve("identity.lock"), "");
    assertThat(load(8).id()).isEqualTo(9);
    assertThat(load(1).id()).isEqualTo(9);
  }

  @Test
  void letsNobodyElseInto() throws IOException {
    try (IdentityStore store = IdentityStore.open(folder)) {
      assertThat(store.load(() -> 1).id()).isEqualTo(1);
      assertThatThrownBy(() -> IdentityStore.open(folder))
          .hasMessageContaining(folder + " is in use by another process");
      assertThat(folder.resolve("process.lock")).hasContent(ProcessHandle.current().pid() + "\n");
    }
    assertThat(load(3).id()).isEqualTo(1);
  }

  @Test
  void belongsToOneGroupForGood() {
    Identity member = new Identity(5, Optional.of(GROUP));
    assertThat(member.in(GROUP)).isEqualTo(member);
    assertThatThrownBy(() -> member.in(new Group(8, GROUP.peers())))
        .isInstanceOf(IllegalStateException.class);
  }
}
