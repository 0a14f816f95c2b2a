package io.vertebra.kv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * What an engine drives: a state that changes by log entries alone, so that it is the same wherever
 * the same entries were applied. {@link #apply}, {@link #image} and {@link #load} are called by one
 * thread at a time.
 */
public interface Replica {

  /**
   * Applies an entry; never throws, whatever is in it.
   *
   * @return what its proposer is answered
   */
  byte[] apply(ByteBuffer entry);

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

  /** Whether this member leads from now on, having applied all that went before. */
  void leading(boolean leads);

  /** A state at one moment, read while the state goes on. Readable once, by any one thread. */
  interface Image extends AutoCloseable {

    /** Its bytes, which end with a checksum. Reading may take long. */
    InputStream open();

    @Override
    void close();
  }
}
