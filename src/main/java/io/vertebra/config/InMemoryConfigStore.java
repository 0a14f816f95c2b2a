package io.vertebra.config;

import io.vertx.core.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Configuration of one process; nothing survives a restart. Safe for any thread. */
final class InMemoryConfigStore implements ConfigStore {
  private final NavigableMap<String, Kept> namespaces = new TreeMap<>();
  private final List<Consumer<Namespace>> listeners = new ArrayList<>();

  private record Kept(Namespace present, List<Released> releases, List<Past> past) {}

  @Override
  public synchronized Future<Namespace> read(String namespace) {
    return Future.succeededFuture(kept(namespace).present());
  }

  @Override
  public synchronized Future<List<String>> names(String after, int limit) {
    return Future.succeededFuture(
        namespaces.tailMap(after, false).keySet().stream().limit(limit).toList());
  }

  @Override
  public synchronized Future<Optional<Namespace>> commit(Commit commit) {
    String name = commit.before().name();
    Kept now = kept(name);
    if (now.present().version() != commit.before().version()) {
      return Future.succeededFuture(Optional.empty());
    }
    long version = now.present().version() + 1;
    Namespace next = commit.after().at(version, commit.after().revision() + 1);
    List<Released> releases = new ArrayList<>(now.releases());
    commit.released().ifPresent(releases::add);
    releases.removeIf(each -> each.revision() <= commit.forget());
    List<Past> past = new ArrayList<>(now.past());
    past.addAll(commit.past());
    past.removeIf(each -> each.until() <= commit.forget());
    namespaces.put(name, new Kept(next, releases, past));
    listeners.forEach(listener -> listener.accept(next));
    return Future.succeededFuture(Optional.of(next));
  }

  @Override
  public synchronized Future<List<Released>> releases(String namespace, long after) {
    return Future.succeededFuture(
        kept(namespace).releases().stream().filter(each -> each.revision() > after).toList());
  }

  @Override
  public synchronized Future<List<Past>> past(String namespace, long after) {
    return Future.succeededFuture(
        kept(namespace).past().stream().filter(each -> each.until() > after).toList());
  }

  @Override
  public synchronized void watch(Consumer<Namespace> listener) {
    listeners.add(listener);
  }

  @Override
  public synchronized Optional<Namespace> present(String namespace) {
    return Optional.of(kept(namespace).present());
  }

  @Override
  public synchronized int count() {
    return namespaces.size();
  }

  private Kept kept(String name) {
    Kept kept = namespaces.get(name);
    return kept == null ? new Kept(Namespace.none(name), List.of(), List.of()) : kept;
  }
}
