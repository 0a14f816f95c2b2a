package io.vertebra.balancer;

import io.vertebra.ring.ConsistentHash;
import java.util.Iterator;

/**
 * The owner of the request's key unless it has its fair share of all attempts in flight and a bit
 * more; then the next in line that has not (which allocates). With caps of ceil(factor x (total +
 * 1) x share of the weights) there always is one. Time grows with the number of endpoints, about 1
 * ns each, to add up the total.
 *
 * <p>Source: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA'18.
 */
final class BoundedLoad implements Picker {
  private final ConsistentHash<Integer> owners;
  private final double factor;

  /**
   * @param owners answers indexes of endpoints
   */
  BoundedLoad(ConsistentHash<Integer> owners, double factor) {
    this.owners = owners;
    this.factor = factor;
  }

  @Override
  public LiveEndpoint pick(View view, long hash, long now) {
    double perWeight = factor * (total(view) + 1) / view.totalWeight();
    int owner = view.position(owners.owner(hash));
    return view.member(hasRoom(view, owner, perWeight) ? owner : next(view, hash, perWeight));
  }

  @Override
  public LiveEndpoint peek(View view, long hash, long now) {
    return pick(view, hash, now);
  }

  /** If others were picked meanwhile and all are full now, the first in line. */
  private int next(View view, long hash, double perWeight) {
    int first = -1;
    for (Iterator<Integer> line = owners.walk(hash); line.hasNext(); ) {
      int position = view.position(line.next());
      if (hasRoom(view, position, perWeight)) {
        return position;
      }
      first = first < 0 ? position : first;
    }
    return first;
  }

  private static boolean hasRoom(View view, int position, double perWeight) {
    return position >= 0
        && view.member(position).inFlight() < Math.ceil(perWeight * view.weight(position));
  }

  private static long total(View view) {
    long total = 0;
    for (int position = 0; position < view.size(); position++) {
      total += view.member(position).inFlight();
    }
    return total;
  }
}
