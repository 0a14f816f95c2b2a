package io.vertebra.route;

import io.vertx.core.json.JsonObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Finds the route of a request. Of all routes that match, the first by these rules is taken, each
 * deciding where those before it do not:
 *
 * <ol>
 *   <li>the higher priority;
 *   <li>an exact host, then the longest wildcard, then any host;
 *   <li>an exact path, then the pattern with more literal characters, then the longest prefix;
 *   <li>of patterns as long, one without {@code **};
 *   <li>more conditions on headers;
 *   <li>the name, in the order of its characters.
 * </ol>
 *
 * <p>Immutable and safe for any thread. A look-up costs a hash look-up for the host and the exact
 * path, and a binary search for each label of the host and each segment of the path; only patterns
 * with the same segments before their first variable are tried one after the other. It allocates
 * nothing when the host is in lower case and without port.
 */
public final class RouteTable {
  private static final String ANY_HOST = "";

  private final Map<String, HostRoutes> byHost;
  private final RegionIndex<HostRoutes> byDomain;
  private final HostRoutes anyHost;
  private final List<Candidate> candidates;

  private RouteTable(
      Map<String, HostRoutes> byHost,
      RegionIndex<HostRoutes> byDomain,
      HostRoutes anyHost,
      List<Candidate> candidates) {
    this.byHost = byHost;
    this.byDomain = byDomain;
    this.anyHost = anyHost;
    this.candidates = candidates;
  }

  /**
   * The table of these routes.
   *
   * @param routes with different names
   */
  public static RouteTable of(Collection<Route> routes) {
    List<Candidate> candidates =
        routes.stream().map(Candidate::of).sorted(Candidate.ORDER).toList();
    Map<String, List<Candidate>> groups = groupByHost(candidates);
    HostRoutes anyHost = new HostRoutes(groups.getOrDefault(ANY_HOST, List.of()), null);

    Map<String, HostRoutes> wildcards = new HashMap<>();
    groups.keySet().stream()
        .filter(Hosts::isWildcard)
        .sorted(Comparator.comparingInt(String::length))
        .forEach(
            wildcard -> {
              String domain = Hosts.domain(wildcard);
              HostRoutes wider = wider(domain, wildcards, anyHost);
              wildcards.put(domain, new HostRoutes(group(groups, wildcard), wider));
            });

    Map<String, HostRoutes> hosts = new HashMap<>();
    groups.keySet().stream()
        .filter(host -> !host.equals(ANY_HOST) && !Hosts.isWildcard(host))
        .forEach(
            host ->
                hosts.put(
                    host, new HostRoutes(group(groups, host), wider(host, wildcards, anyHost))));
    return new RouteTable(hosts, new RegionIndex<>(new TreeMap<>(wildcards)), anyHost, candidates);
  }

  /**
   * The first route that matches.
   *
   * @param host as the client sent it: in any case, with or without port
   * @param path without query and without dot segments
   * @param header the value of a header, whatever the case of its name; null when there is none
   */
  public @Nullable Match match(
      String method, String host, String path, Function<String, @Nullable String> header) {
    return routesOf(Hosts.normalized(host)).match(method, path, header);
  }

  /**
   * Every route in the order in which it is tried for this request, each with {@code matched},
   * {@code reasons}, and {@code selected} for the one that {@link #match} finds.
   */
  public List<JsonObject> explain(
      String method, String host, String path, Function<String, @Nullable String> header) {
    return new Explanation(method, Hosts.normalized(host), path, header).of(candidates);
  }

  private HostRoutes routesOf(String host) {
    HostRoutes exact = byHost.get(host);
    if (exact != null) {
      return exact;
    }
    for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      HostRoutes found = byDomain.find(host, dot, host.length());
      if (found != null) {
        return found;
      }
    }
    return anyHost;
  }

  private static Map<String, List<Candidate>> groupByHost(List<Candidate> candidates) {
    Map<String, List<Candidate>> groups = new HashMap<>();
    for (Candidate candidate : candidates) {
      List<String> hosts = candidate.route().match().hosts();
      for (String host : hosts.isEmpty() ? List.of(ANY_HOST) : hosts) {
        groups.computeIfAbsent(host, unused -> new ArrayList<>()).add(candidate);
      }
    }
    return groups;
  }

  private static List<Candidate> group(Map<String, List<Candidate>> groups, String host) {
    return groups.getOrDefault(host, List.of());
  }

  /** The routes of the longest wildcard that takes {@code host}, or of any host. */
  private static HostRoutes wider(
      String host, Map<String, HostRoutes> wildcards, HostRoutes anyHost) {
    for (int dot = host.indexOf('.', 1); dot >= 0; dot = host.indexOf('.', dot + 1)) {
      HostRoutes found = wildcards.get(host.substring(dot));
      if (found != null) {
        return found;
      }
    }
    return anyHost;
  }

  /** What was found. */
  public static final class Match {
    private final Route route;
    private final UnaryOperator<String> rewrite;

    Match(Route route) {
      this.route = route;
      this.rewrite = PathRewrite.of(route);
    }

    public Route route() {
      return route;
    }

    /** The path to ask the upstream for, given the path that matched. */
    public String rewritePath(String path) {
      return rewrite.apply(path);
    }
  }
}
