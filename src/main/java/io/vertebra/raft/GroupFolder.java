package io.vertebra.raft;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.util.MD5FileUtil;

/**
 * What Ratis keeps of a group, looked at before it starts, since it passes over some damage in
 * silence: {@code current} has the log, the term and the members, {@code sm} the snapshots.
 */
final class GroupFolder {
  private static final Pattern REPLACED_SNAPSHOTS = Pattern.compile("sm\\.tmp.*");

  private final Path root;
  private final RaftGroupId groupId;
  private final Path folder;
  private final LogFolder log;
  private final AppliedMark mark;
  private Optional<Integer> members = Optional.empty();

  GroupFolder(Path root, RaftGroupId groupId) {
    this.root = root;
    this.groupId = groupId;
    folder = root.resolve(groupId.getUuid().toString());
    log = new LogFolder(folder.resolve("current"));
    mark = new AppliedMark(folder);
  }

  AppliedMark mark() {
    return mark;
  }

  LogFolder log() {
    return log;
  }

  /** Whether this member was part of the group before. */
  boolean exists() {
    return Files.exists(folder);
  }

  /**
   * Repairs what a killed process may leave behind and checks the rest.
   *
   * @param keepUpTo index of the last entry known to be flushed; later ones go
   * @throws IOException that names the file and what is wrong with it
   */
  void check(long keepUpTo) throws IOException {
    refuseOtherGroups();
    if (!exists()) {
      return;
    }
    finishInstallation();
    checkMetadata();
    members = configuration().map(entry -> entry.getConfigurationEntry().getPeersCount());
    log.check(newestSnapshot(), mark.read(), keepUpTo);
  }

  /** How many members the group had at the last check, as far as this one knows. */
  Optional<Integer> members() {
    return members;
  }

  private void refuseOtherGroups() throws IOException {
    for (Path other : list(root)) {
      if (isGroup(other) && !other.equals(folder)) {
        throw new IOException(
            other + " is of another cluster; this one is " + groupId.getUuid() + " there");
      }
    }
  }

  private static boolean isGroup(Path path) {
    try {
      return UUID.fromString(path.getFileName().toString()).toString().length() > 0
          && Files.isDirectory(path);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Ratis puts a new folder of snapshots in place of the old, in two moves. */
  private void finishInstallation() throws IOException {
    Path snapshots = folder.resolve("sm");
    for (Path path : list(folder)) {
      if (REPLACED_SNAPSHOTS.matcher(path.getFileName().toString()).matches()) {
        if (Files.exists(snapshots)) {
          delete(path);
        } else {
          Files.move(path, snapshots);
        }
      }
    }
    delete(folder.resolve("tmp"));
    for (Path file : list(snapshots)) {
      if (file.toString().endsWith(".tmp")) {
        Files.delete(file);
      }
    }
  }

  private void checkMetadata() throws IOException {
    Path current = folder.resolve("current");
    Path metadata = current.resolve("raft-meta");
    if (!Files.exists(metadata)) {
      if (list(current).isEmpty() && list(folder.resolve("sm")).isEmpty()) {
        return;
      }
      throw new DamagedFileException(metadata, "is missing");
    }
    Properties properties = new Properties();
    try (InputStream in = Files.newInputStream(metadata)) {
      properties.load(in);
      Long.parseLong(properties.getProperty("term", ""));
    } catch (IllegalArgumentException e) {
      throw new DamagedFileException(metadata, "has no term");
    }
    if (properties.getProperty("votedFor") == null) {
      throw new DamagedFileException(metadata, "has no vote");
    }
  }

  private Optional<LogEntryProto> configuration() throws IOException {
    Path file = folder.resolve("current").resolve("raft-meta.conf");
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      LogEntryProto entry = LogEntryProto.parseFrom(in);
      if (entry.getConfigurationEntry().getPeersCount() > 0) {
        return Optional.of(entry);
      }
    } catch (org.apache.ratis.thirdparty.com.google.protobuf.InvalidProtocolBufferException e) {
      throw new DamagedFileException(file, "cannot be read: " + e.getMessage());
    }
    throw new DamagedFileException(file, "names no members");
  }

  /** The index of the newest snapshot; -1 if there is none. */
  private long newestSnapshot() throws IOException {
    Optional<Path> newest =
        list(folder.resolve("sm")).stream()
            .filter(
                file ->
                    SimpleStateMachineStorage.SNAPSHOT_REGEX
                        .matcher(file.getFileName().toString())
                        .matches())
            .max(Comparator.comparing(file -> index(file).getIndex()));
    if (newest.isEmpty()) {
      return -1;
    }
    if (MD5FileUtil.readStoredMd5ForFile(newest.get().toFile()) == null) {
      throw new DamagedFileException(newest.get(), "has lost its digest, the file .md5 beside it");
    }
    return index(newest.get()).getIndex();
  }

  private static TermIndex index(Path snapshot) {
    return SimpleStateMachineStorage.getTermIndexFromSnapshotFile(snapshot.toFile());
  }

  private static List<Path> list(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static void delete(Path path) throws IOException {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> files = Files.walk(path)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
