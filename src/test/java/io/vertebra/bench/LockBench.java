package io.vertebra.bench;

/** Clients that each take a lock and give it back, again and again. */
public final class LockBench {
  private LockBench() {}

  /** Takes the arguments of {@link ClosedLoop#run}. */
  public static void main(String[] arguments) throws Exception {
    ClosedLoop.run(
        arguments,
        (system, vertx, port, clients) -> LockClient.of(system, vertx, port, clients)::pair);
  }
}
