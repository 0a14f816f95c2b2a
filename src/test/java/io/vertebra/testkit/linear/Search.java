package io.vertebra.testkit.linear;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Depth first through the configurations of one history. A loose operation, one that may never
 * happen, is used only where it is needed: a configuration is not searched if an equal one that
 * used fewer of them was searched before, and of those that are alike the oldest is used first.
 */
final class Search<S, I, O> {
  private static final int SHOWN = 12;

  /**
   * How far an order has come.
   *
   * @param moment the return that is to be explained next
   * @param early slots of the operations in the order that are yet to return
   * @param used loose operations in the order
   */
  private record Configuration<S>(int moment, S state, BitSet early, BitSet used) {}

  private record Key<S>(int moment, S state, BitSet early) {}

  /** A configuration and which of its continuations is to be tried next. */
  private static final class Frame<S> {
    final Configuration<S> configuration;
    final BitSet kindsTried = new BitSet();
    int next;

    Frame(Configuration<S> configuration) {
      this.configuration = configuration;
    }
  }

  private final Model<S, I, O> model;
  private final Timeline<I, O> timeline;
  private final long budget;
  private final Map<Key<S>, List<BitSet>> seen = new HashMap<>();
  private final Deque<Frame<S>> path = new ArrayDeque<>();
  private Configuration<S> farthest;
  private long steps;

  Search(Model<S, I, O> model, List<Operation<I, O>> history, long budget) {
    this.model = model;
    this.timeline = Timeline.of(history);
    this.budget = budget;
    this.farthest = new Configuration<>(0, model.initial(), new BitSet(), new BitSet());
  }

  Verdict run() {
    enter(farthest);
    while (!path.isEmpty()) {
      if (path.peek().configuration.moment() == timeline.moments().size()) {
        return new Verdict.Linearizable(steps);
      }
      if (steps > budget) {
        return new Verdict.Undecided(steps);
      }
      proceed(path.peek());
    }
    return new Verdict.Wrong(evidence());
  }

  /** Tries the next continuation: what returns, then what is under way, then what is loose. */
  private void proceed(Frame<S> frame) {
    Configuration<S> at = frame.configuration;
    Timeline.Moment<I, O> moment = timeline.moments().get(at.moment());
    int choice = frame.next++;
    int others = moment.others().size();
    if (choice == 0) {
      step(at, moment.returning().operation())
          .ifPresent(
              state -> enter(new Configuration<>(at.moment() + 1, state, at.early(), at.used())));
    } else if (choice <= others) {
      Timeline.Open<I, O> other = moment.others().get(choice - 1);
      if (!at.early().get(other.slot())) {
        step(at, other.operation())
            .map(
                state ->
                    new Configuration<>(
                        at.moment(), state, with(at.early(), other.slot()), at.used()))
            .ifPresent(this::enter);
      }
    } else if (choice <= others + moment.loose()) {
      useLoose(frame, choice - others - 1);
    } else {
      path.pop();
    }
  }

  private void useLoose(Frame<S> frame, int index) {
    Configuration<S> at = frame.configuration;
    int kind = timeline.kind()[index];
    if (!at.used().get(index) && !frame.kindsTried.get(kind)) {
      frame.kindsTried.set(kind);
      step(at, timeline.loose().get(index))
          .filter(state -> !state.equals(at.state()))
          .map(state -> new Configuration<>(at.moment(), state, at.early(), with(at.used(), index)))
          .ifPresent(this::enter);
    }
  }

  private Optional<S> step(Configuration<S> at, Operation<I, O> operation) {
    steps++;
    return model.step(at.state(), operation.input(), operation.output());
  }

  private void enter(Configuration<S> reached) {
    Configuration<S> configuration = settled(reached);
    if (configuration.moment() > farthest.moment()) {
      farthest = configuration;
    }
    Key<S> key = new Key<>(configuration.moment(), configuration.state(), configuration.early());
    List<BitSet> before = seen.computeIfAbsent(key, unused -> new ArrayList<>(1));
    if (!isHopeless(configuration)
        && before.stream().noneMatch(used -> isWithin(used, configuration.used()))) {
      before.add(configuration.used());
      path.push(new Frame<>(configuration));
    }
  }

  /**
   * The same with everything in its order that changes nothing, since that can only help, and past
   * the returns of operations that are in the order.
   */
  private Configuration<S> settled(Configuration<S> reached) {
    BitSet early = (BitSet) reached.early().clone();
    int moment = reached.moment();
    while (moment < timeline.moments().size()) {
      Timeline.Moment<I, O> next = timeline.moments().get(moment);
      settle(next.returning(), reached, early);
      next.others().forEach(other -> settle(other, reached, early));
      if (!early.get(next.returning().slot())) {
        break;
      }
      early.clear(next.returning().slot());
      moment++;
    }
    return new Configuration<>(moment, reached.state(), early, reached.used());
  }

  private void settle(Timeline.Open<I, O> open, Configuration<S> reached, BitSet early) {
    if (!early.get(open.slot())
        && step(reached, open.operation()).filter(reached.state()::equals).isPresent()) {
      early.set(open.slot());
    }
  }

  private boolean isHopeless(Configuration<S> at) {
    if (at.moment() == timeline.moments().size()) {
      return false;
    }
    Timeline.Moment<I, O> moment = timeline.moments().get(at.moment());
    return isTooLate(at, moment.returning())
        || moment.others().stream().anyMatch(other -> isTooLate(at, other));
  }

  private boolean isTooLate(Configuration<S> at, Timeline.Open<I, O> open) {
    Operation<I, O> operation = open.operation();
    return !at.early().get(open.slot())
        && operation.output().isPresent()
        && model.isTooLate(at.state(), operation.input(), operation.output().get());
  }

  private static boolean isWithin(BitSet few, BitSet many) {
    BitSet rest = (BitSet) few.clone();
    rest.andNot(many);
    return rest.isEmpty();
  }

  private static BitSet with(BitSet set, int bit) {
    BitSet copy = (BitSet) set.clone();
    copy.set(bit);
    return copy;
  }

  private String evidence() {
    Timeline.Moment<I, O> stuck = timeline.moments().get(farthest.moment());
    StringBuilder text = new StringBuilder("nothing explains\n  " + stuck.returning().operation());
    text.append("\nin state ").append(farthest.state()).append(" or any other possible; before it");
    timeline
        .moments()
        .subList(Math.max(0, farthest.moment() - SHOWN), farthest.moment())
        .forEach(moment -> text.append("\n  ").append(moment.returning().operation()));
    text.append("\nunder way");
    stuck.others().forEach(open -> text.append("\n  ").append(open.operation()));
    timeline.loose().stream()
        .limit(stuck.loose())
        .forEach(operation -> text.append("\n  ").append(operation));
    return text.toString();
  }
}
