package io.vertebra.session;

import static io.vertebra.testkit.Waiting.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Fields;
import io.vertebra.kv.Fence;
import io.vertebra.kv.Guard;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What sessions do on every backend; each says how to open itself, empty. */
abstract class SessionStoreContract {
  static final Duration TOUCH = Duration.ofSeconds(10);
  static final Duration IDLE = Duration.ofSeconds(60);
  static final Duration ABSOLUTE = Duration.ofSeconds(600);
  static final SessionOptions OPTIONS =
      SessionOptions.from(
          Fields.of(
              new JsonObject()
                  .put("idleMs", IDLE.toMillis())
                  .put("absoluteMs", ABSOLUTE.toMillis())
                  .put("touchMs", TOUCH.toMillis())
                  .put("maxBytes", 1024)
                  .put("maxAttributes", 20)));

  final List<SessionEvent> events = new CopyOnWriteArrayList<>();
  private SessionService sessions;

  abstract SessionStore store();

  abstract Clock clock();

  abstract void letTimePass(Duration time);

  @BeforeEach
  void open() {
    sessions = node();
  }

  /** A node of its own over the same store. */
  private SessionService node() {
    Touches touches = new Touches(TOUCH, () -> clock().millis() * 1_000_000);
    return new StoredSessionService(
        new LazyTouchStore(store(), touches), OPTIONS, clock(), events::add);
  }

  private SessionId begin(String attributes) {
    return await(sessions.create(CreateSession.of(json(attributes)), Guard.NONE)).id();
  }

  private SessionId beginOf(String principal) {
    CreateSession request =
        new CreateSession(
            Optional.empty(),
            Optional.of(principal),
            Optional.empty(),
            Optional.empty(),
            new JsonObject());
    return await(sessions.create(request, Guard.NONE)).id();
  }

  private ChangedSession merge(SessionId id, String attributes) {
    return await(sessions.merge(MergeSession.of(id, json(attributes)), Guard.NONE));
  }

  private JsonObject attributes(SessionId id) {
    return await(sessions.get(id)).attributes();
  }

  static JsonObject json(String text) {
    return new JsonObject(text.replace('\'', '"'));
  }

  static FailureCode refused(Future<?> call) {
    return Failure.of(catchThrowable(() -> await(call))).code();
  }

  private FailureCode refusedGet(SessionId id) {
    return refused(sessions.get(id));
  }

  private static Guard once(String key) {
    return new Guard(Optional.empty(), key);
  }

  private List<String> handlesOf(String principal) {
    return await(sessions.list(ListSessions.of(principal))).items().stream()
        .map(SessionSummary::handle)
        .toList();
  }

  @Test
  void beginsWithAnIdOfOursThatOnlyItsOwnerKnows() {
    OpenedSession opened =
        await(sessions.create(CreateSession.of(json("{'a': [1, {'b': null}]}")), Guard.NONE));
    assertThat(opened.id().text()).hasSize(32).matches("[A-Za-z0-9_-]+");
    assertThat(opened.session().handle()).isEqualTo(opened.id().handle()).hasSize(43);
    assertThat(opened.toString()).doesNotContain(opened.id().text());
    assertThat(await(sessions.get(opened.id()))).isEqualTo(opened.session());
    assertThat(opened.session().revision()).isEqualTo(1);
    assertThat(refusedGet(SessionId.random())).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void mergesAttributesOneByOne() {
    SessionId id = begin("{'a': 1, 'b': {'x': 1, 'y': 2}, 'c': 'z'}");
    ChangedSession changed = merge(id, "{'a': null, 'b': {'x': 3}, 'd': true}");
    assertThat(changed.revision()).isEqualTo(2);
    assertThat(attributes(id)).isEqualTo(json("{'b': {'x': 3}, 'c': 'z', 'd': true}"));
  }

  @Test
  void losesNoneOfTheChangesMadeAtTheSameTimeByTwoNodes() {
    SessionId id = begin("{}");
    List<SessionService> nodes = List.of(sessions, node());
    List<Future<ChangedSession>> changes =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    nodes
                        .get(i % 2)
                        .merge(MergeSession.of(id, new JsonObject().put("k" + i, i)), Guard.NONE))
            .toList();
    assertThat(await(Future.all(changes)).<ChangedSession>list())
        .extracting(ChangedSession::revision)
        .doesNotHaveDuplicates();
    Session after = await(sessions.get(id));
    assertThat(after.revision()).isEqualTo(21);
    IntStream.range(0, 20)
        .forEach(i -> assertThat(after.attributes().getInteger("k" + i)).isEqualTo(i));
  }

  @Test
  void keepsToItsLimitsAndChangesNothingBeyondThem() {
    SessionId id = begin("{'a': 1}");
    JsonObject long1 = new JsonObject().put("b", "x".repeat(1024));
    assertThat(refused(sessions.merge(MergeSession.of(id, long1), Guard.NONE)))
        .isEqualTo(FailureCode.INVALID);
    JsonObject many = new JsonObject();
    IntStream.range(0, 20).forEach(i -> many.put("m" + i, i));
    assertThat(refused(sessions.merge(MergeSession.of(id, many), Guard.NONE)))
        .isEqualTo(FailureCode.INVALID);
    assertThat(refused(sessions.create(CreateSession.of(long1), Guard.NONE)))
        .isEqualTo(FailureCode.INVALID);
    assertThat(attributes(id)).isEqualTo(json("{'a': 1}"));
    assertThat(merge(id, many.putNull("a").encode()).revision()).isEqualTo(2);
  }

  @Test
  void endsAfterItsIdleTimeAndNeverEarlier() {
    SessionId id = begin("{}");
    letTimePass(IDLE.minusMillis(1));
    assertThat(attributes(id)).isEmpty();
    letTimePass(TOUCH.minusMillis(1));
    assertThat(attributes(id)).as("a touch that is not told").isEmpty();
    letTimePass(IDLE.minusMillis(1));
    assertThat(attributes(id)).as("must have counted").isEmpty();
    letTimePass(IDLE.plus(TOUCH).plusSeconds(1));
    assertThat(refusedGet(id)).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.merge(MergeSession.of(id, json("{'a': 1}")), Guard.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.touch(id))).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void livesAsLongAsItIsTouchedByAnyNodeUntilItsAbsoluteEnd() {
    SessionId id = begin("{}");
    SessionService other = node();
    for (int i = 0; i < 11; i++) {
      letTimePass(Duration.ofSeconds(50));
      await((i % 2 == 0 ? other : sessions).touch(id));
    }
    letTimePass(Duration.ofSeconds(49));
    await(sessions.touch(id));
    letTimePass(Duration.ofSeconds(1));
    assertThat(refusedGet(id)).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(
            await(sessions.list(new ListSessions(Optional.empty(), Optional.empty(), 9))).items())
        .isEmpty();
  }

  @Test
  void aChangeIsATouch() {
    SessionId id = begin("{}");
    for (int i = 0; i < 3; i++) {
      letTimePass(IDLE.minusMillis(1));
      merge(id, "{'a': " + i + "}");
    }
    assertThat(attributes(id).getInteger("a")).isEqualTo(2);
  }

  @Test
  void takesTimesOfItsOwn() {
    CreateSession request =
        new CreateSession(
            Optional.empty(),
            Optional.empty(),
            Optional.of(Duration.ofDays(30)),
            Optional.of(Duration.ofDays(100)),
            new JsonObject());
    SessionId id = await(sessions.create(request, Guard.NONE)).id();
    letTimePass(Duration.ofDays(29));
    assertThat(attributes(id)).isEmpty();
    letTimePass(Duration.ofDays(31));
    assertThat(refusedGet(id)).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void hasAnotherIdAfterARotationAndTheOldOneIsOverAtOnce() {
    SessionId old = begin("{'cart': 3, 'step': 1}");
    RotateSession request =
        new RotateSession(old, Optional.empty(), json("{'step': 2}"), Optional.of("ann"));
    OpenedSession rotated = await(sessions.rotate(request, Guard.NONE));
    assertThat(rotated.id()).isNotEqualTo(old);
    assertThat(attributes(rotated.id())).isEqualTo(json("{'cart': 3, 'step': 2}"));
    assertThat(refusedGet(old)).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.merge(MergeSession.of(old, json("{'a': 1}")), Guard.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.rotate(request, Guard.NONE))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(handlesOf("ann")).containsExactly(rotated.session().handle());
    assertThat(events)
        .containsExactly(
            new SessionEvent(
                SessionEvent.Type.ROTATED,
                rotated.id().handle(),
                Optional.of("ann"),
                Optional.of(old.handle())));
  }

  @Test
  void ofTwoRotationsAtTheSameTimeOneIsDone() {
    SessionId old = begin("{}");
    List<Future<OpenedSession>> both =
        List.of(
            sessions.rotate(RotateSession.of(old), Guard.NONE),
            node().rotate(RotateSession.of(old), Guard.NONE));
    assertThat(both.stream().filter(each -> catchThrowable(() -> await(each)) == null)).hasSize(1);
    assertThat(
            await(sessions.list(new ListSessions(Optional.empty(), Optional.empty(), 9))).items())
        .hasSize(1);
  }

  @Test
  void mergesDuringARotationAreKeptOrRefused() {
    SessionId old = begin("{}");
    List<Future<ChangedSession>> merges = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      merges.add(sessions.merge(MergeSession.of(old, json("{'k" + i + "': 1}")), Guard.NONE));
    }
    SessionId next = await(sessions.rotate(RotateSession.of(old), Guard.NONE)).id();
    for (int i = 0; i < 5; i++) {
      Future<ChangedSession> merge = merges.get(i);
      boolean kept = catchThrowable(() -> await(merge)) == null;
      assertThat(attributes(next).containsKey("k" + i)).isEqualTo(kept);
    }
  }

  @Test
  void staysEndedOnceItWasEnded() {
    SessionId id = beginOf("ann");
    await(sessions.invalidate(id, Guard.NONE));
    assertThat(refusedGet(id)).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.invalidate(id, Guard.NONE))).isEqualTo(FailureCode.NOT_FOUND);
    assertThat(refused(sessions.merge(MergeSession.of(id, json("{'a': 1}")), Guard.NONE)))
        .isEqualTo(FailureCode.NOT_FOUND);
    assertThat(handlesOf("ann")).isEmpty();
    assertThat(events)
        .containsExactly(
            SessionEvent.of(SessionEvent.Type.INVALIDATED, id.handle(), Optional.of("ann")));
  }

  @Test
  void listsAndEndsTheSessionsOfSomebody() {
    SessionId here = beginOf("ann");
    SessionId there = beginOf("ann");
    SessionId other = beginOf("anna");
    SessionId nobody = begin("{'a': 1}");
    await(
        sessions.merge(new MergeSession(nobody, new JsonObject(), Optional.of("ann")), Guard.NONE));
    assertThat(handlesOf("ann"))
        .containsExactlyInAnyOrder(here.handle(), there.handle(), nobody.handle());
    await(
        sessions.merge(new MergeSession(nobody, new JsonObject(), Optional.of("bob")), Guard.NONE));
    assertThat(handlesOf("bob")).containsExactly(nobody.handle());
    EndSessions elsewhere = new EndSessions("ann", Optional.of(here.handle()));
    assertThat(await(sessions.endAll(elsewhere, Guard.NONE))).isEqualTo(1);
    assertThat(handlesOf("ann")).containsExactly(here.handle());
    assertThat(attributes(other)).isEmpty();
    assertThat(attributes(nobody).getInteger("a")).isEqualTo(1);
    assertThat(await(sessions.show(nobody.handle())).principal()).contains("bob");
    await(sessions.end(nobody.handle(), Guard.NONE));
    assertThat(refusedGet(nobody)).isEqualTo(FailureCode.NOT_FOUND);
  }

  @Test
  void listsPageByPage() {
    List<String> handles = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      handles.add(beginOf("ann").handle());
      handles.add(beginOf("bob").handle());
    }
    for (Optional<String> principal : List.of(Optional.<String>empty(), Optional.of("ann"))) {
      List<String> read = new ArrayList<>();
      Optional<String> cursor = Optional.empty();
      do {
        SessionPage page = await(sessions.list(new ListSessions(principal, cursor, 2)));
        page.items().forEach(item -> read.add(item.handle()));
        cursor = page.cursor();
      } while (cursor.isPresent());
      assertThat(read).isSorted().doesNotHaveDuplicates().hasSize(principal.isEmpty() ? 10 : 5);
      assertThat(handles).containsAll(read);
    }
  }

  @Test
  void doesOnceWhatComesWithTheSameKey() {
    SessionId mine = SessionId.random();
    CreateSession create =
        new CreateSession(
            Optional.of(mine),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            json("{'n': 1}"));
    assertThat(await(sessions.create(create, once("c"))).replayed()).isFalse();
    assertThat(await(sessions.create(create, once("c"))).replayed()).isTrue();
    assertThat(refused(sessions.create(create, once("d")))).isEqualTo(FailureCode.CONFLICT);
    MergeSession change = MergeSession.of(mine, json("{'n': 2}"));
    ChangedSession first = await(sessions.merge(change, once("m")));
    merge(mine, "{'n': 3}");
    assertThat(await(sessions.merge(change, once("m"))))
        .isEqualTo(new ChangedSession(mine.handle(), first.revision(), true));
    assertThat(refused(sessions.merge(MergeSession.of(mine, json("{'n': 4}")), once("m"))))
        .isEqualTo(FailureCode.MISMATCH);
    assertThat(attributes(mine).getInteger("n")).isEqualTo(3);
    SessionId next = SessionId.random();
    RotateSession rotate =
        new RotateSession(mine, Optional.of(next), new JsonObject(), Optional.empty());
    assertThat(await(sessions.rotate(rotate, once("r"))).replayed()).isFalse();
    assertThat(await(sessions.rotate(rotate, once("r"))).replayed()).isTrue();
    assertThat(refused(sessions.rotate(rotate, Guard.NONE))).isEqualTo(FailureCode.NOT_FOUND);
    await(sessions.invalidate(next, once("i")));
    await(sessions.invalidate(next, once("i")));
    assertThat(events).hasSize(2);
  }

  @Test
  void cannotTellAnIdOfOursTwice() {
    assertThat(refused(sessions.create(CreateSession.of(new JsonObject()), once("k"))))
        .isEqualTo(FailureCode.INVALID);
    SessionId id = begin("{}");
    assertThat(refused(sessions.rotate(RotateSession.of(id), once("k"))))
        .isEqualTo(FailureCode.INVALID);
  }

  @Test
  void refusesAnIdThatIsTaken() {
    SessionId taken = begin("{'a': 1}");
    SessionId other = begin("{}");
    CreateSession create =
        new CreateSession(
            Optional.of(taken),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            new JsonObject());
    assertThat(refused(sessions.create(create, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    RotateSession rotate =
        new RotateSession(other, Optional.of(taken), new JsonObject(), Optional.empty());
    assertThat(refused(sessions.rotate(rotate, Guard.NONE))).isEqualTo(FailureCode.CONFLICT);
    assertThat(attributes(taken).getInteger("a")).isEqualTo(1);
    assertThat(attributes(other)).isEmpty();
  }

  @Test
  void refusesWhoWasOvertaken() {
    Guard holder = new Guard(Optional.of(new Fence("~jobs", 9)), "");
    Guard late = new Guard(Optional.of(new Fence("~jobs", 8)), "");
    SessionId id = await(sessions.create(CreateSession.of(new JsonObject()), holder)).id();
    MergeSession change = MergeSession.of(id, json("{'a': 1}"));
    assertThat(refused(sessions.merge(change, late))).isEqualTo(FailureCode.FENCED);
    assertThat(refused(sessions.rotate(RotateSession.of(id), late))).isEqualTo(FailureCode.FENCED);
    assertThat(refused(sessions.invalidate(id, late))).isEqualTo(FailureCode.FENCED);
    assertThat(await(sessions.merge(change, holder)).revision()).isEqualTo(2);
  }

  @Test
  void keepsWhateverJsonCanSay() {
    JsonObject all =
        new JsonObject()
            .put("text", "ä\u0000\"\u2028😀")
            .put("long", Long.MAX_VALUE)
            .put("half", 0.5)
            .put("list", new JsonArray().add(1).addNull().add(new JsonObject()))
            .put("😀", new JsonObject().put("deep", new JsonObject().putNull("x")));
    SessionId id = begin(all.encode().replace("'", ""));
    assertThat(attributes(id)).isEqualTo(all);
  }
}
