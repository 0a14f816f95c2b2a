package io.vertebra.route;

final class InMemoryRouteStoreTest extends RouteStoreContract {
  @Override
  RouteStore open(Snapshot initial) {
    return new InMemoryRouteStore(initial);
  }
}
