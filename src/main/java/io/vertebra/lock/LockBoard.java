package io.vertebra.lock;

import static io.vertebra.api.FailureCode.CONFLICT;
import static io.vertebra.api.FailureCode.LIMITED;

import io.vertebra.api.Failure;
import io.vertebra.lock.LockDocument.Held;
import io.vertebra.lock.LockDocument.Waits;
import io.vertebra.lock.LockQueue.Place;
import io.vertebra.lock.LockQueue.Share;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;

/**
 * What one step does to a {@link LockDocument}: first what the time does, ending leases and places
 * and serving those who wait, then what is asked. Made for one step, and no more used after it.
 */
final class LockBoard {

  /** Numbers that a step may give, which the next one must not. */
  static final int NUMBERS = 64;

  private static final int MAX_HOLDERS = 1_000;

  private final String name;
  private final long now;
  private final long revision;
  private final List<Held> holders;
  private final List<Waits> waiters;
  private final List<LockEvent> events;
  private long forgotten;
  private int given;
  private boolean changed;

  /**
   * @param now by the backend's clock, in ms since 1970
   * @param revision of this step; it and the {@value #NUMBERS} - 1 numbers after it are greater
   *     than all of this name before
   */
  LockBoard(String name, LockDocument before, long now, long revision) {
    this.name = name;
    this.now = now;
    this.revision = revision;
    this.holders = new ArrayList<>(before.holders());
    this.waiters = new ArrayList<>(before.waiters());
    this.events = new ArrayList<>(before.events());
    this.forgotten = before.forgotten();
    endHoldings();
    endPlaces();
    serve();
  }

  /** Whether anything is different from before. */
  boolean isChanged() {
    return changed;
  }

  LockDocument after() {
    int over = Math.max(0, events.size() - LockDocument.MAX_EVENTS);
    long dropped = over == 0 ? forgotten : events.get(over - 1).revision();
    return new LockDocument(holders, waiters, events.subList(over, events.size()), dropped);
  }

  Optional<Held> heldBy(String owner) {
    return first(held -> held.holding().owner().equals(owner));
  }

  /** What was granted to a place. */
  Optional<Held> servedTo(long ticket) {
    return first(held -> held.ticket() == ticket);
  }

  private Optional<Held> first(Predicate<Held> wanted) {
    return holders.stream().filter(wanted).findFirst();
  }

  /** One who holds it. */
  Optional<Held> anyHeld() {
    return holders.stream().findFirst();
  }

  /** Of a place, the first being 1; 0 if it is not there. */
  int position(long ticket) {
    for (int i = 0; i < waiters.size(); i++) {
      if (waiters.get(i).place().number() == ticket) {
        return i + 1;
      }
    }
    return 0;
  }

  /** How long until the next lease ends; very long if there is none. */
  Duration untilNext() {
    long next = Long.MAX_VALUE;
    for (Held held : holders) {
      next = Math.min(next, held.until() - now);
    }
    return Duration.ofMillis(next);
  }

  Duration left(Held held) {
    return Duration.ofMillis(held.until() - now);
  }

  /** Grants, if the owner holds it or nobody is in the way. */
  Optional<Held> grant(AcquireLock request) {
    Optional<Held> own = heldBy(request.owner());
    if (own.isPresent()) {
      return Optional.of(again(request, own.get()));
    }
    requireAgreement(request);
    if (!waiters.isEmpty() || exclusive().isPresent() || !queue().fits(request.terms())) {
      return Optional.empty();
    }
    return Optional.of(hold(Place.none(request)));
  }

  private Held again(AcquireLock request, Held own) {
    Holding holding = own.holding();
    if (!holding.terms().equals(request.terms())) {
      throw new Failure(CONFLICT, holding.owner() + " holds " + name + " as " + holding.terms());
    }
    String data = request.data().isEmpty() ? holding.data() : request.data();
    int holds = request.reentrant() ? holding.holds() + 1 : holding.holds();
    return replace(own, holding.held(holds).renewed(request.lease(), data));
  }

  private void requireAgreement(AcquireLock request) {
    List<Terms> present = new ArrayList<>();
    holders.forEach(held -> present.add(held.holding().terms()));
    waiters.forEach(waits -> present.add(waits.place().terms()));
    if (present.stream().anyMatch(terms -> !terms.agreesWith(request.terms()))) {
      throw new Failure(CONFLICT, name + " is in use as " + present.get(0));
    }
  }

  /**
   * Takes a place at the end; its number.
   *
   * @param session how long it is kept unless {@linkplain #attend attended}
   */
  long enter(AcquireLock request, String node, Duration session, int maxWaiters) {
    if (waiters.size() >= maxWaiters) {
      throw new Failure(LIMITED, "too many wait for " + name);
    }
    long number = number();
    Place place =
        new Place(
            number, request.owner(), request.terms(), request.lease(), request.data(), node, "");
    waiters.add(new Waits(place, now + session.toMillis()));
    tell(LockEvent.Type.WAITING, request.owner(), number);
    return number;
  }

  /** Keeps a place for another session, once half of the last one is over. */
  void attend(long ticket, Duration session) {
    int at = position(ticket) - 1;
    if (at >= 0 && waiters.get(at).until() - now < session.toMillis() / 2) {
      waiters.set(at, new Waits(waiters.get(at).place(), now + session.toMillis()));
      changed = true;
    }
  }

  /** Gives up a place, or what was granted to it. */
  void leave(long ticket) {
    int at = position(ticket) - 1;
    if (at >= 0) {
      tell(LockEvent.Type.LEFT, waiters.remove(at).place().owner(), ticket);
    }
    servedTo(ticket).ifPresent(held -> end(held, LockEvent.Type.RELEASED));
    serve();
  }

  Held renew(RenewLock request) {
    Held own =
        heldBy(request.owner())
            .filter(held -> request.token().orElse(held.holding().token()) == token(held))
            .orElseThrow(() -> new Failure(CONFLICT, request.owner() + " does not hold " + name));
    Holding holding = own.holding();
    return replace(
        own,
        holding.renewed(
            request.lease().orElse(holding.lease()), request.data().orElse(holding.data())));
  }

  /** How often it is still held; empty if it was not. */
  OptionalInt release(ReleaseLock request) {
    Optional<Held> own =
        heldBy(request.owner()).filter(held -> request.token().orElse(token(held)) == token(held));
    if (own.isEmpty()) {
      requirePast(request);
      return OptionalInt.empty();
    }
    int left = own.get().holding().holds() - 1;
    if (left == 0) {
      end(own.get(), LockEvent.Type.RELEASED);
      serve();
    } else {
      int at = holders.indexOf(own.get());
      Held fewer = new Held(own.get().holding().held(left), own.get().ticket(), own.get().until());
      holders.set(at, fewer);
      tell(LockEvent.Type.CHANGED, request.owner(), token(fewer));
    }
    return OptionalInt.of(left);
  }

  /** A token of the past ended by itself; any other is somebody else's. */
  private void requirePast(ReleaseLock request) {
    Optional<Held> other = exclusive();
    if (other.isPresent() && request.token().orElse(Long.MAX_VALUE) >= token(other.get())) {
      throw new Failure(CONFLICT, name + " is held by " + other.get().holding().owner());
    }
  }

  private static long token(Held held) {
    return held.holding().token();
  }

  private Held replace(Held before, Holding holding) {
    Held after = new Held(holding, before.ticket(), now + holding.lease().toMillis());
    holders.set(holders.indexOf(before), after);
    changed = true;
    if (!holding.equals(before.holding())) {
      tell(LockEvent.Type.CHANGED, holding.owner(), holding.token());
    }
    return after;
  }

  private Optional<Held> exclusive() {
    return first(held -> held.holding().terms().mode() == LockMode.EXCLUSIVE);
  }

  private LockQueue queue() {
    LockQueue queue = new LockQueue();
    for (Held held : holders) {
      queue.share(token(held), new Share(held.holding().owner(), held.holding().terms()));
    }
    waiters.forEach(waits -> queue.enter(waits.place()));
    return queue;
  }

  private void serve() {
    if (waiters.isEmpty() || exclusive().isPresent()) {
      return;
    }
    int most = Math.min(NUMBERS - 1 - given, MAX_HOLDERS - holders.size());
    for (Place place : queue().next(0, most)) {
      waiters.removeIf(waits -> waits.place().number() == place.number());
      Held unused = hold(place);
    }
  }

  private Held hold(Place place) {
    if (holders.size() >= MAX_HOLDERS) {
      throw new Failure(LIMITED, "too many hold " + name);
    }
    Holding holding =
        new Holding(
            name,
            place.owner(),
            place.terms(),
            number(),
            place.lease(),
            1,
            place.data(),
            Instant.ofEpochMilli(now));
    Held held = new Held(holding, place.number(), now + place.lease().toMillis());
    holders.add(held);
    tell(LockEvent.Type.ACQUIRED, place.owner(), holding.token());
    return held;
  }

  private void endHoldings() {
    for (Held held : List.copyOf(holders)) {
      if (held.until() <= now) {
        end(held, LockEvent.Type.EXPIRED);
      }
    }
  }

  private void endPlaces() {
    for (Waits waits : List.copyOf(waiters)) {
      if (waits.until() <= now) {
        waiters.remove(waits);
        tell(LockEvent.Type.LEFT, waits.place().owner(), waits.place().number());
      }
    }
  }

  private void end(Held held, LockEvent.Type type) {
    holders.remove(held);
    tell(type, held.holding().owner(), token(held));
  }

  private long number() {
    return revision + given++;
  }

  private void tell(LockEvent.Type type, String owner, long token) {
    changed = true;
    events.add(new LockEvent(type, name, owner, token, revision));
  }
}
