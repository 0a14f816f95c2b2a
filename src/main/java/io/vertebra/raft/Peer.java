package io.vertebra.raft;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A member of a group.
 *
 * @param id random, never 0, and never used again once its folder is lost
 * @param address where the others reach it, {@code host:port}; port 0 for a member that is alone
 */
public record Peer(long id, String address) {
  private static final Pattern ADDRESS =
      Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[^:\\s]+):(\\d{1,5})");

  public Peer {
    if (id == 0) {
      throw new IllegalArgumentException("id must not be 0");
    }
    Matcher matcher = ADDRESS.matcher(address);
    if (!matcher.matches() || Integer.parseInt(matcher.group(2)) > 65535) {
      throw new IllegalArgumentException("address must be host:port, and " + address + " is not");
    }
  }

  /** Without the brackets of an IPv6 address. */
  public String host() {
    String host = address.substring(0, address.lastIndexOf(':'));
    return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
  }

  /** 0 to 65535. */
  public int port() {
    return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
  }
}
