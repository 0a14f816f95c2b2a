package io.vertebra.ring;

import java.util.Iterator;

/** Who owns a key. Takes any 64-bit hash of the key; bits that are alike are spread first. */
public interface ConsistentHash<T> {

  /** Most nodes one can hold. */
  int MAX_NODES = 1000;

  /** The owner of the key; allocates nothing. */
  T owner(long hash);

  /**
   * Every node once, the owner first, then those who take over when the ones before cannot. Who
   * takes the first acceptable one moves only the keys of nodes that are not.
   */
  Iterator<T> walk(long hash);
}
