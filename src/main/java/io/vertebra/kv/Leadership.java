package io.vertebra.kv;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** Whether this node leads the members of a store. Safe for any thread. */
public final class Leadership {
  private final List<Consumer<Boolean>> followers = new CopyOnWriteArrayList<>();
  private volatile boolean leads;

  Leadership() {}

  /** Of a node that never leads, as it is no member. */
  public static Leadership never() {
    return new Leadership();
  }

  /**
   * Whether it leads, having applied all that was acknowledged before; another may lead already, of
   * which this node has not heard.
   */
  public boolean leads() {
    return leads;
  }

  /**
   * Tells {@code follower} whether it leads, now and whenever that changes, in order; on any
   * thread, which must not be blocked.
   *
   * @return ends that
   */
  public synchronized Runnable follow(Consumer<Boolean> follower) {
    followers.add(follower);
    follower.accept(leads);
    return () -> followers.remove(follower);
  }

  synchronized void change(boolean now) {
    if (leads != now) {
      leads = now;
      followers.forEach(follower -> follower.accept(now));
    }
  }
}
