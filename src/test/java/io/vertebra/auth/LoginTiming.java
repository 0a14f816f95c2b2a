package io.vertebra.auth;

import static io.vertebra.testkit.Waiting.await;

import io.vertebra.testkit.TestClock;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * Measures by hand how long refused logins take for users who are there and who are not, at the
 * default cost, one of each in turn. Prints medians and Welch's t, which beyond 4.5 tells a
 * difference in such tests (Reparaz et al., "dude, is my code constant time?", 2017).
 */
final class LoginTiming {
  private static final int WARM_UP = 50;

  private LoginTiming() {}

  /**
   * @param arguments how many logins of each kind
   */
  public static void main(String[] arguments) {
    int rounds = Integer.parseInt(arguments[0]);
    TestClock clock = new TestClock();
    JsonObject dear =
        new JsonObject()
            .put("passwords", new JsonObject().put("memoryKib", 19_456).put("passes", 2));
    double[] known = new double[rounds];
    double[] unknown = new double[rounds];
    try (AuthRig rig = new AuthRig(new InMemoryAuthStore(clock), clock, dear)) {
      rig.createAnn();
      for (int i = -WARM_UP; i < rounds; i++) {
        boolean knownFirst = i % 2 == 0;
        double first = millis(rig, clock, knownFirst ? "ann" : "bob");
        double second = millis(rig, clock, knownFirst ? "bob" : "ann");
        if (i >= 0) {
          known[i] = knownFirst ? first : second;
          unknown[i] = knownFirst ? second : first;
        }
      }
    }
    System.out.printf(
        "known: median %.3f ms, mean %.3f; unknown: median %.3f ms, mean %.3f; t %.2f of %d%n",
        median(known), mean(known), median(unknown), mean(unknown), welch(known, unknown), rounds);
  }

  private static double millis(AuthRig rig, TestClock clock, String name) {
    clock.advance(Duration.ofHours(3));
    Login login = new Login(name, "wrong", "", "", List.of(), AuthRig.from("192.0.2.1"));
    long begun = System.nanoTime();
    boolean unused = await(rig.parts.logins().login(login).map(true).otherwise(refused -> false));
    return (System.nanoTime() - begun) / 1e6;
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length / 2];
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }

  private static double variance(double[] values) {
    double mean = mean(values);
    return Arrays.stream(values).map(each -> (each - mean) * (each - mean)).sum()
        / (values.length - 1);
  }

  private static double welch(double[] one, double[] other) {
    return (mean(one) - mean(other))
        / Math.sqrt(variance(one) / one.length + variance(other) / other.length);
  }
}
