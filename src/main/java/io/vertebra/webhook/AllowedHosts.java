package io.vertebra.webhook;

import io.vertebra.api.AddressBlock;
import io.vertebra.api.Failure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Which servers may be called. A host that is named may be at any address, for whoever wrote the
 * options vouches for it; any other must be at an address that is allowed.
 *
 * <p>Source of what is public: the registries of special-purpose addresses of RFC 6890 as of 2025.
 * Addresses that stand for others (NAT64, 6to4, Teredo) count as none.
 *
 * @param names in lower case
 * @param suffixes of names, each with its first dot
 */
public record AllowedHosts(
    List<String> names, List<String> suffixes, List<AddressBlock> blocks, boolean publicOnes) {
  /** The word for all addresses of the internet. */
  public static final String PUBLIC = "public";

  /** The word for this machine. */
  public static final String LOOPBACK = "loopback";

  private static final Pattern NAME = Pattern.compile("(\\*\\.)?[a-z0-9_-]+(\\.[a-z0-9_-]+)*");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+(/.*)?|.*:.*");

  private static final List<AddressBlock> THIS_MACHINE = blocks("127.0.0.0/8", "::1");

  private static final List<AddressBlock> UNICAST = blocks("0.0.0.0/0", "2000::/3");

  private static final List<AddressBlock> SPECIAL =
      blocks(
          "0.0.0.0/8",
          "10.0.0.0/8",
          "100.64.0.0/10",
          "127.0.0.0/8",
          "169.254.0.0/16",
          "172.16.0.0/12",
          "192.0.0.0/24",
          "192.0.2.0/24",
          "192.88.99.0/24",
          "192.168.0.0/16",
          "198.18.0.0/15",
          "198.51.100.0/24",
          "203.0.113.0/24",
          "224.0.0.0/4",
          "240.0.0.0/4",
          "2001::/23",
          "2001:db8::/32",
          "2002::/16",
          "3fff::/20");

  public AllowedHosts {
    names = List.copyOf(names);
    suffixes = List.copyOf(suffixes);
    blocks = List.copyOf(blocks);
  }

  private static List<AddressBlock> blocks(String... written) {
    return Stream.of(written).map(each -> AddressBlock.of(each, "")).toList();
  }

  /**
   * Reads names ({@code hooks.example.com}, {@code *.example.com}), addresses, blocks of them and
   * the words {@value #PUBLIC} and {@value #LOOPBACK}.
   *
   * @throws Failure {@code INVALID} with the pointer {@code /hosts/<index>}
   */
  public static AllowedHosts of(List<String> written) {
    List<String> names = new ArrayList<>();
    List<String> suffixes = new ArrayList<>();
    List<AddressBlock> blocks = new ArrayList<>();
    for (int i = 0; i < written.size(); i++) {
      String each = written.get(i).toLowerCase(Locale.ROOT);
      if (each.equals(LOOPBACK)) {
        blocks.addAll(THIS_MACHINE);
      } else if (ADDRESS.matcher(each).matches()) {
        blocks.add(AddressBlock.of(each, "/hosts/" + i));
      } else if (!NAME.matcher(each).matches()) {
        throw Failure.invalid(
            "/hosts/" + i,
            "must be public, loopback, a name, *. and a name, an address or a block of some");
      } else if (each.startsWith("*")) {
        suffixes.add(each.substring(1));
      } else if (!each.equals(PUBLIC)) {
        names.add(each);
      }
    }
    return new AllowedHosts(names, suffixes, blocks, written.contains(PUBLIC));
  }

  /** Whether a host may be called at whatever address it is. */
  public boolean names(String host) {
    String name = host.toLowerCase(Locale.ROOT);
    String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
    return names.contains(plain) || suffixes.stream().anyMatch(plain::endsWith);
  }

  /** Whether any host may be called that is at this address. */
  public boolean contains(InetAddress address) {
    byte[] bytes = address.getAddress();
    return isIn(blocks, bytes) || (publicOnes && isIn(UNICAST, bytes) && !isIn(SPECIAL, bytes));
  }

  private static boolean isIn(List<AddressBlock> all, byte[] address) {
    return all.stream().anyMatch(block -> block.contains(address));
  }
}
