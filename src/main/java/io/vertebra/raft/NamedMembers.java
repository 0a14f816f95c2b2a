package io.vertebra.raft;

import io.vertebra.cluster.ClusterOptions;
import io.vertebra.cluster.Member;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The nodes that {@code cluster.members} names, and the addresses by which the cluster knows them.
 *
 * @param addresses by name; a name that stands for nothing at present has none
 */
record NamedMembers(Map<String, Set<String>> addresses) {

  /** Looks the names up, which may take long. A name without a port means this node's port. */
  static NamedMembers resolve(ClusterOptions options) {
    Map<String, Set<String>> addresses = new LinkedHashMap<>();
    for (String name : options.members()) {
      String[] parts = name.split(":", 2);
      String port = parts.length == 2 ? parts[1] : String.valueOf(options.port());
      addresses.put(name, addresses(parts[0], port));
    }
    return new NamedMembers(addresses);
  }

  private static Set<String> addresses(String host, String port) {
    Set<String> found = new TreeSet<>(Set.of(host + ":" + port));
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        found.add(address.getHostAddress() + ":" + port);
      }
    } catch (UnknownHostException e) {
      return found;
    }
    return found;
  }

  boolean names(Member member) {
    return addresses.values().stream().anyMatch(each -> each.contains(member.address()));
  }

  /** The names of those that are not among {@code present}. */
  List<String> missing(List<Member> present) {
    return addresses.entrySet().stream()
        .filter(entry -> present.stream().noneMatch(m -> entry.getValue().contains(m.address())))
        .map(Map.Entry::getKey)
        .toList();
  }
}
