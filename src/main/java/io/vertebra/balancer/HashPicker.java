package io.vertebra.balancer;

import io.vertebra.ring.ConsistentHash;
import java.util.Iterator;

/**
 * The owner of the request's key, or the next in line while the owner may not be picked (which
 * allocates). Slow start does not matter here: a key has one owner.
 */
final class HashPicker implements Picker {
  private final ConsistentHash<Integer> owners;

  /**
   * @param owners answers indexes of endpoints
   */
  HashPicker(ConsistentHash<Integer> owners) {
    this.owners = owners;
  }

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    int position = view.position(owners.owner(hash));
    return view.member(position >= 0 ? position : nextInLine(view, hash));
  }

  private int nextInLine(View view, long hash) {
    Iterator<Integer> line = owners.walk(hash);
    int position = -1;
    while (position < 0) {
      position = view.position(line.next());
    }
    return position;
  }

  @Override
  public LiveEndpoint peek(View view, long hash, long now) {
    return pick(view, hash, now);
  }
}
