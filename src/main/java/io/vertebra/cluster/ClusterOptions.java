package io.vertebra.cluster;

import io.vertebra.api.Failure;
import io.vertebra.api.Fields;
import io.vertebra.api.Loopback;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.regex.Pattern;

/**
 * Where this node meets others.
 *
 * @param name nodes of other names are no part of the cluster
 * @param host the address of this node that others reach; nothing else is listened on
 * @param port where members meet; 0 for any free one. With no members, the next free one of a
 *     hundred
 * @param busPort where the event bus listens; 0 for any free one, which members learn by themselves
 * @param members where others may be found, {@code host} or {@code host:port}; this node may be
 *     among them. Empty for a node alone
 * @param secret what only nodes of the cluster know; required where {@code host} is not loopback
 * @param clearText whether nodes may talk beyond loopback without TLS, because the network is
 *     theirs alone; false unless given
 * @param tls of the event bus; none for clear text, which is for loopback, or beyond it with {@code
 *     clearText}
 */
public record ClusterOptions(
    String name,
    String host,
    int port,
    int busPort,
    List<String> members,
    ClusterSecret secret,
    boolean clearText,
    Optional<NodeTls> tls) {
  private static final Pattern MEMBER =
      Pattern.compile(
          "[A-Za-z0-9._-]+(:([1-9]\\d{0,3}|[1-5]\\d{4}|6[0-4]\\d{3}|65[0-4]\\d{2}|655[0-2]\\d|6553[0-5]))?");

  public ClusterOptions {
    members = List.copyOf(members);
    boolean unreachable =
        Loopback.contains(host)
            && !members.isEmpty()
            && members.stream().noneMatch(ClusterOptions::isLoopback);
    if (unreachable) {
      throw Failure.invalid(
          "/host", "must be an address that the members reach, and " + host + " is not");
    }
    if (!Loopback.contains(host) && !secret.isGiven()) {
      throw Failure.invalid(
          "/host",
          "must be a loopback address such as 127.0.0.1 unless cluster.secret or"
              + " cluster.secretFile is set");
    }
    if (needsTls(host, clearText) && tls.isEmpty()) {
      throw Failure.invalid(
          "/tls/certificate", "is missing; cluster.host beyond loopback needs it, or clearText");
    }
  }

  /** The options of nodes of one machine. */
  public ClusterOptions(String name, String host, int port, int busPort, List<String> members) {
    this(name, host, port, busPort, members, ClusterSecret.NONE, false, Optional.empty());
  }

  /** Whether what nodes say to each other must be encrypted, and who says it proven. */
  public boolean needsTls() {
    return needsTls(host, clearText);
  }

  private static boolean needsTls(String host, boolean clearText) {
    return !clearText && !Loopback.contains(host);
  }

  public static ClusterOptions from(Fields fields) {
    String name =
        fields
            .text("name", 1, 100)
            .about("Nodes of other names are no part of the cluster.")
            .orElse("vertebra");
    String host =
        fields
            .text("host", 1, 253)
            .about("Address of this node that the others reach.")
            .orElse("127.0.0.1");
    int port =
        fields
            .integer("port", 0, 65535)
            .about("Port where members meet; 0 for any free one.")
            .orElse(5701);
    int busPort =
        fields
            .integer("busPort", 0, 65535)
            .about("Port of the event bus; 0 for any free one, the others learn it.")
            .orElse(0);
    List<String> members =
        fields
            .texts("members", 100, 260)
            .about("Where the others are, as host or host:port; empty for a node alone.")
            .matching(
                given -> given.stream().allMatch(member -> MEMBER.matcher(member).matches()),
                "must hold hosts or host:port")
            .orElse(List.of());
    Supplier<ClusterSecret> secret = ClusterSecret.reading(fields);
    boolean clearText =
        fields
            .flag("clearText")
            .about("Whether nodes talk beyond loopback without TLS, on a network of their own.")
            .orElse(false);
    Optional<NodeTls> tls = fields.section("tls", NodeTls::from);
    return fields.build(
        () -> new ClusterOptions(name, host, port, busPort, members, secret.get(), clearText, tls));
  }

  private static boolean isLoopback(String member) {
    return Loopback.contains(member.split(":", -1)[0]);
  }
}
