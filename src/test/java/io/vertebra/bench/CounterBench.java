package io.vertebra.bench;

/** Clients that each add to a counter, again and again. */
public final class CounterBench {
  private CounterBench() {}

  /** Takes the arguments of {@link ClosedLoop#run}. */
  public static void main(String[] arguments) throws Exception {
    ClosedLoop.run(
        arguments,
        (system, vertx, port, clients) -> CounterClient.of(system, vertx, port, clients)::add);
  }
}
