package io.vertebra.route;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A look-up leaves nothing for the collector. */
final class RouteTableAllocationTest {
  private static final int LOOKUPS = 20_000;

  @ParameterizedTest
  @CsvSource({
    "h7.example.com, /exact/7", "h7.example.com, /prefix/7/a/b", "x.example.org, /prefix/7/a",
    "other, /prefix/8", "h7.example.com, /pattern/7/a", "other, /nowhere"
  })
  void allocatesNothing(String host, String path) {
    RouteTable table = table();
    assertThat(found(table, host, path)).isEqualTo(path.equals("/nowhere") ? 0 : LOOKUPS);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long before = threads.getCurrentThreadAllocatedBytes();
    int found = found(table, host, path);
    long allocated = threads.getCurrentThreadAllocatedBytes() - before;
    assertThat(found).isEqualTo(path.equals("/nowhere") ? 0 : LOOKUPS);
    assertThat(allocated).isLessThan(LOOKUPS);
  }

  private static int found(RouteTable table, String host, String path) {
    int found = 0;
    for (int i = 0; i < LOOKUPS; i++) {
      if (table.match("GET", host, path, header -> "1") != null) {
        found++;
      }
    }
    return found;
  }

  private static RouteTable table() {
    List<Route> routes = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      for (List<String> hosts :
          List.of(List.of("h" + i + ".example.com"), List.of("*.example.org"), List.<String>of())) {
        add(routes, hosts, PathMatch.exact("/exact/" + i));
        add(routes, hosts, PathMatch.prefix("/prefix/" + i));
        add(routes, hosts, PathMatch.pattern("/pattern/" + i + "/{id}"));
      }
    }
    return RouteTable.of(routes);
  }

  private static void add(List<Route> routes, List<String> hosts, PathMatch path) {
    RouteMatch match = new RouteMatch(hosts, path, List.of("GET"), Map.of("x-a", "*"));
    routes.add(Route.of("r" + routes.size(), match, "web"));
  }
}
