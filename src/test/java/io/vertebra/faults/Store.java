package io.vertebra.faults;

import io.vertebra.testkit.linear.Register;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** One node as its clients see it. The calling thread waits, some seconds at most. */
interface Store {

  /**
   * A key and what it holds.
   *
   * @param revision of its last write
   */
  record Entry(String key, String value, long revision) {}

  /**
   * A change of a key.
   *
   * @param value empty if it was removed
   */
  record Event(long revision, String key, String value) {}

  /**
   * Changes in their order.
   *
   * @param revision up to which all are told
   */
  record Batch(long revision, List<Event> events) {}

  /** Changes as they come. */
  interface Watch extends Closeable {

    /** Waits for some. */
    Batch next() throws IOException;
  }

  /**
   * Where a node thinks it stands.
   *
   * @param leader 0 if it knows none
   */
  record Status(long member, long leader) {
    boolean leads() {
      return member == leader;
    }
  }

  Reply call(String key, Register.Input input);

  /** Writes once, however often it is called with the same {@code attempt}. */
  Reply put(String key, String value, String attempt);

  /** Whether {@link #put} is understood. */
  boolean knowsAttempts();

  /** Writes all the keys if none was written since the revisions given. */
  Reply swap(Map<String, Register.Swap> writes);

  /** Grants a lease; yields its id. */
  String grant(Duration ttl) throws IOException;

  /** Lets a lease begin anew; fails if that is not certain. */
  void keepAlive(String lease) throws IOException;

  /** Writes a key that ends with a lease; fails if that is not certain. */
  void putUnder(String lease, String key, String value) throws IOException;

  /** All keys with a prefix, as of one moment after the call. */
  List<Entry> list(String prefix) throws IOException;

  /** The changes from a revision on. */
  Watch watch(String prefix, long fromRevision) throws IOException;

  Status status() throws IOException;
}
