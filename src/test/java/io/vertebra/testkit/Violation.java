package io.vertebra.testkit;

/**
 * A promise that was seen broken. Whatever else fails may be late on a slow machine and right when
 * it is tried again; this is wrong even if it happens once, and {@code .ci/run} takes it so.
 */
public final class Violation extends AssertionError {
  private static final long serialVersionUID = 1L;

  private Violation(String message, AssertionError cause) {
    super(message, cause);
  }

  /** What judges whether promises were kept. */
  public interface Judgement {
    void run() throws Exception;
  }

  /** Runs it, and throws what it asserts in vain as a violation. */
  public static void unless(Judgement judgement) throws Exception {
    try {
      judgement.run();
    } catch (AssertionError e) {
      throw new Violation(e.getMessage(), e);
    }
  }
}
