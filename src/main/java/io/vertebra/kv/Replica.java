package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/**
 * What an engine drives: a state that changes by log entries alone, so that it is the same wherever
 * the same entries were applied. {@link #apply}, {@link #image} and {@link #load} are called by one
 * thread at a time.
 */
public interface Replica {

  /**
   * Applies an entry. Whatever is in it, throws only if this member cannot keep the state, as
   * {@link #fault} says from then on; the state is of no use then until {@link #reset}.
   *
   * @param term of the leader that took the entry into the log, from 1 on
   * @return what its proposer is answered
   */
  byte[] apply(long term, ByteBuffer entry);

  /** Answers a question to the leader, on any thread; never throws. */
  byte[] answer(ByteBuffer question);

  /** The state as it is now, at little cost; to be closed when it is not needed any more. */
  Image image();

  /**
   * Puts an image in place of the state; on failure the state is as before.
   *
   * @throws IOException if the image is damaged, saying how
   */
  void load(InputStream image) throws IOException;

  /** Why the state cannot be kept on this member; empty if it can. For any thread. */
  default Optional<String> fault() {
    return Optional.empty();
  }

  /** Forgets all, the fault too: what it forgot is loaded and applied anew. */
  default void reset() {}

  /**
   * Whether this member leads from now on, having applied all that went before.
   *
   * @param term in which it leads; 0 if it does not
   */
  void leading(long term);

  /** A state at one moment, read while the state goes on. Readable once, by any one thread. */
  interface Image extends AutoCloseable {

    /** Its bytes, which end with a checksum. Reading may take long. */
    InputStream open();

    @Override
    void close();
  }
}
