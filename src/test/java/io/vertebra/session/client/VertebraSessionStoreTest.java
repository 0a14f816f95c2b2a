package io.vertebra.session.client;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.api.Fields;
import io.vertebra.session.BusSessionService;
import io.vertebra.session.ListSessions;
import io.vertebra.session.SessionOptions;
import io.vertebra.session.SessionSummary;
import io.vertebra.session.SessionVerticle;
import io.vertebra.testkit.KvNode;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.User;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.Session;
import io.vertx.ext.web.client.HttpResponse;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.handler.SessionHandler;
import io.vertx.ext.web.sstore.SessionStore;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Applications of Vert.x Web, two instances of one, whose sessions are kept by a node. */
final class VertebraSessionStoreTest {
  private final KvNode node = new KvNode();
  private final WebClient browser = WebClient.create(node.vertx);
  private final Queue<Promise<Void>> held = new ConcurrentLinkedQueue<>();
  private final List<Integer> ports = new ArrayList<>();

  @BeforeEach
  void deploy() {
    SessionOptions options = SessionOptions.from(Fields.of(new JsonObject().put("touchMs", 0)));
    String unused =
        await(
            node.vertx.deployVerticle(
                SessionVerticle.stored(node.kernel, options, node.kv(), System::nanoTime)));
  }

  @AfterEach
  void close() {
    node.close();
  }

  /** Two instances, each with a store of its own. */
  private void start(String transport) {
    JsonObject options = new JsonObject().put("principalAttribute", "principal");
    if (transport.equals("http")) {
      options.put("url", node.url());
    }
    for (int i = 0; i < 2; i++) {
      SessionStore store = VertebraSessions.store(node.vertx, options);
      Router router = Router.router(node.vertx);
      SessionHandler sessions = SessionHandler.create(store).setSessionTimeout(60_000);
      router.route().handler(sessions);
      router.get("/set/:name/:value").handler(context -> set(context, sessions));
      router.get("/held/:name").handler(this::hold);
      router.get("/all").handler(context -> context.json(shown(context.session())));
      router.get("/user").handler(context -> context.end(name(context.user())));
      router.get("/login/:name").handler(context -> login(context, sessions));
      router
          .get("/logout")
          .handler(
              context -> {
                context.session().destroy();
                sessions.flush(context).onSuccess(saved -> context.end());
              });
      ports.add(
          await(node.vertx.createHttpServer().requestHandler(router).listen(0, "127.0.0.1"))
              .actualPort());
    }
  }

  private static JsonObject shown(Session session) {
    JsonObject shown = new JsonObject();
    session.data().entrySet().stream()
        .filter(attribute -> !attribute.getKey().startsWith("__vertx"))
        .forEach(attribute -> shown.put(attribute.getKey(), attribute.getValue()));
    return shown;
  }

  private static String name(User user) {
    return user == null ? "nobody" : user.subject();
  }

  private static void set(RoutingContext context, SessionHandler sessions) {
    context.session().put(context.pathParam("name"), context.pathParam("value"));
    sessions.flush(context).onSuccess(saved -> context.end()).onFailure(context::fail);
  }

  /** Sets an attribute and answers once it is let go. */
  private void hold(RoutingContext context) {
    Promise<Void> go = Promise.promise();
    context.session().put(context.pathParam("name"), true);
    go.future().onSuccess(gone -> context.end());
    held.add(go);
  }

  private static void login(RoutingContext context, SessionHandler sessions) {
    String name = context.pathParam("name");
    context.session().put("principal", name).regenerateId();
    sessions.setUser(context, User.fromName(name)).onSuccess(saved -> context.end());
  }

  /** What an instance answers to who has this cookie. */
  private Future<HttpResponse<Buffer>> visit(int instance, String cookie, String path) {
    return browser
        .request(HttpMethod.GET, ports.get(instance), "127.0.0.1", path)
        .putHeader("cookie", cookie)
        .send();
  }

  private String cookie(int instance, String cookie, String path) {
    HttpResponse<Buffer> answer = await(visit(instance, cookie, path));
    assertThat(answer.statusCode()).isEqualTo(200);
    String set = answer.getHeader("set-cookie");
    return set == null ? cookie : set.substring(0, set.indexOf(';'));
  }

  private JsonObject all(int instance, String cookie) {
    return await(visit(instance, cookie, "/all")).bodyAsJsonObject();
  }

  @ParameterizedTest
  @ValueSource(strings = {"bus", "http"})
  void twoInstancesShareSessions(String transport) {
    start(transport);
    String cookie = cookie(0, "", "/set/cart/3");
    assertThat(cookie).matches("vertx-web.session=[A-Za-z0-9_-]{32}");
    assertThat(cookie(1, cookie, "/set/colour/red")).isEqualTo(cookie);
    JsonObject both = new JsonObject().put("cart", "3").put("colour", "red");
    assertThat(all(0, cookie)).isEqualTo(both);
    assertThat(all(1, cookie)).isEqualTo(both);
    cookie(1, cookie, "/logout");
    assertThat(all(0, cookie)).isEmpty();
  }

  @Test
  void requestsAtTheSameTimeLoseNothingOfEachOther() {
    start("bus");
    String cookie = cookie(0, "", "/set/begun/yes");
    List<Future<HttpResponse<Buffer>>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(visit(i % 2, cookie, "/held/k" + i));
    }
    eventually(() -> assertThat(held).hasSize(10));
    held.forEach(Promise::complete);
    await(Future.all(answers));
    eventually(() -> assertThat(all(0, cookie).size()).isEqualTo(11));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bus", "http"})
  void aLoginGivesAnotherIdAndKeepsWhatOthersDidMeanwhile(String transport) {
    start(transport);
    String guest = cookie(0, "", "/set/cart/3");
    Future<HttpResponse<Buffer>> slow = visit(1, guest, "/held/slow");
    eventually(() -> assertThat(held).hasSize(1));
    cookie(1, guest, "/set/other/1");
    String ann = cookie(0, guest, "/login/ann");
    assertThat(ann).isNotEqualTo(guest);
    held.remove().complete();
    await(slow);
    JsonObject after = all(1, ann);
    assertThat(after.getString("cart")).isEqualTo("3");
    assertThat(after.getString("other")).isEqualTo("1");
    assertThat(await(visit(1, ann, "/user")).bodyAsString()).isEqualTo("ann");
    assertThat(all(1, guest)).as("the old id").isEmpty();
    assertThat(await(new BusSessionService(node.vertx).list(ListSessions.of("ann"))).items())
        .extracting(SessionSummary::principal)
        .hasSize(1);
  }

  @Test
  void aSessionEndsWithItsIdleTime() {
    start("bus");
    String cookie = cookie(0, "", "/set/a/1");
    node.letTimePass(Duration.ofSeconds(59));
    assertThat(all(1, cookie).size()).isEqualTo(1);
    node.letTimePass(Duration.ofSeconds(59));
    assertThat(all(0, cookie).size()).isEqualTo(1);
    node.letTimePass(Duration.ofSeconds(60));
    eventually(() -> assertThat(await(node.kv().leases())).isEmpty());
    String next = cookie(0, cookie, "/set/b/1");
    assertThat(next).as("an id that is over is not taken again").isNotEqualTo(cookie);
    assertThat(all(1, next).fieldNames()).containsExactly("b");
  }

  @Test
  void aRequestUnderWayDoesNotBringBackWhatWasEnded() {
    start("bus");
    String cookie = cookie(0, "", "/set/a/1");
    Future<HttpResponse<Buffer>> slow = visit(1, cookie, "/held/late");
    eventually(() -> assertThat(held).hasSize(1));
    cookie(0, cookie, "/logout");
    held.remove().complete();
    await(slow);
    assertThat(all(0, cookie)).isEmpty();
  }

  @Test
  void aRequestThatChangesNothingWritesNothing() {
    start("bus");
    String cookie = cookie(0, cookie(0, "", "/set/a/1"), "/login/ann");
    long before = node.kv().status().revision();
    assertThat(all(0, cookie).size()).isEqualTo(2);
    assertThat(await(visit(1, cookie, "/user")).bodyAsString()).isEqualTo("ann");
    assertThat(node.kv().status().revision()).isEqualTo(before);
  }

  @Test
  void keepsTheTypesOfValuesAndSeesWhatChangedWithinThem() {
    SessionStore store = VertebraSessions.store(node.vertx);
    Session session = store.createSession(60_000);
    session.put("long", 5L).put("int", 5).put("bytes", Buffer.buffer("x")).put("char", 'c');
    session.put("object", new JsonObject().put("$type", "mine").put("n", 1)).put("half", 0.5f);
    await(store.put(session));
    Session read = await(store.get(session.id()));
    assertThat(read.data()).isEqualTo(session.data());
    read.<JsonObject>get("object").put("n", 2);
    read.remove("int");
    await(store.put(read));
    Session again = await(store.get(session.id()));
    assertThat(again.<JsonObject>get("object").getInteger("n")).isEqualTo(2);
    assertThat(again.<Object>get("int")).isNull();
    assertThatThrownBy(() -> await(store.put(again.put("thread", Thread.currentThread()))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(await(store.get("short"))).isNull();
    assertThat(store.createSession(60_000, 64).id())
        .as("above the length asked")
        .hasSizeGreaterThan(64);
    assertThatThrownBy(() -> store.createSession(10)).hasMessageContaining("1 s to 90 days");
    assertThatThrownBy(() -> await(store.clear())).isInstanceOf(RuntimeException.class);
    await(store.delete(session.id()));
    assertThat(await(store.get(session.id()))).isNull();
    store.close();
  }
}
