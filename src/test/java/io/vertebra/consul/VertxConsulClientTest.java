package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.await;
import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.ext.consul.BlockingQueryOptions;
import io.vertx.ext.consul.CheckOptions;
import io.vertx.ext.consul.CheckStatus;
import io.vertx.ext.consul.ConsulClient;
import io.vertx.ext.consul.ConsulClientOptions;
import io.vertx.ext.consul.EventOptions;
import io.vertx.ext.consul.KeyValue;
import io.vertx.ext.consul.KeyValueOptions;
import io.vertx.ext.consul.ServiceEntry;
import io.vertx.ext.consul.ServiceOptions;
import io.vertx.ext.consul.ServiceQueryOptions;
import io.vertx.ext.consul.SessionBehavior;
import io.vertx.ext.consul.SessionOptions;
import io.vertx.ext.consul.TxnKVOperation;
import io.vertx.ext.consul.TxnKVVerb;
import io.vertx.ext.consul.TxnRequest;
import io.vertx.ext.consul.Watch;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** {@code io.vertx:vertx-consul-client} as it is. */
final class VertxConsulClientTest {
  private final ConsulRig rig = new ConsulRig();
  private ConsulClient client;

  @BeforeEach
  void open() {
    client = ConsulClient.create(rig.vertx, options());
  }

  private ConsulClientOptions options() {
    return new ConsulClientOptions().setHost("127.0.0.1").setPort(rig.port());
  }

  @AfterEach
  void close() {
    client.close();
    rig.close();
  }

  @Test
  void keepsPairsAndWaitsForTheirChange() {
    assertThat(await(client.putValue("app/colour", "red"))).isTrue();
    KeyValue colour = await(client.getValue("app/colour"));
    assertThat(colour.getValue()).isEqualTo("red");
    assertThat(await(client.getValue("none")).isPresent()).isFalse();
    assertThat(await(client.getKeys("app"))).containsExactly("app/colour");
    assertThat(await(client.getValues("app")).getList()).hasSize(1);
    var later =
        client.getValueWithOptions(
            "app/colour",
            new BlockingQueryOptions().setIndex(colour.getModifyIndex()).setWait("10s"));
    await(client.putValue("app/colour", "blue"));
    assertThat(await(later).getValue()).isEqualTo("blue");
    KeyValueOptions stale = new KeyValueOptions().setCasIndex(colour.getModifyIndex());
    assertThat(await(client.putValueWithOptions("app/colour", "x", stale))).isFalse();
    await(client.deleteValues("app"));
    assertThat(await(client.getKeys("app"))).isEmpty();
  }

  @Test
  void locksBySession() {
    SessionOptions options =
        new SessionOptions().setTtl(10).setLockDelay(0).setBehavior(SessionBehavior.RELEASE);
    String ann = await(client.createSessionWithOptions(options));
    String bob = await(client.createSession());
    assertThat(lock(ann)).isTrue();
    assertThat(lock(bob)).isFalse();
    assertThat(await(client.renewSession(ann)).getId()).isEqualTo(ann);
    assertThat(await(client.infoSession(ann)).getLockDelay()).isZero();
    assertThat(await(client.listSessions()).getList()).hasSize(2);
    await(client.destroySession(ann));
    assertThat(lock(bob)).isTrue();
    assertThat(await(client.getValue("lock")).getSession()).isEqualTo(bob);
    KeyValueOptions release = new KeyValueOptions().setReleaseSession(bob);
    assertThat(await(client.putValueWithOptions("lock", "", release))).isTrue();
  }

  private boolean lock(String session) {
    return await(
        client.putValueWithOptions(
            "lock", session, new KeyValueOptions().setAcquireSession(session)));
  }

  @Test
  void findsServicesByTheirChecks() {
    ServiceOptions service =
        new ServiceOptions()
            .setName("orders")
            .setId("orders-1")
            .setAddress("10.0.0.1")
            .setPort(8080)
            .setTags(List.of("v1"))
            .setCheckOptions(new CheckOptions().setTtl("60s").setStatus(CheckStatus.CRITICAL));
    await(client.registerService(service));
    assertThat(await(client.healthServiceNodes("orders", true)).getList()).isEmpty();
    await(client.passCheck("service:orders-1"));
    ServiceEntry entry = await(client.healthServiceNodes("orders", true)).getList().get(0);
    assertThat(entry.getService().getAddress()).isEqualTo("10.0.0.1");
    assertThat(entry.getService().getPort()).isEqualTo(8080);
    assertThat(entry.getChecks().get(0).getStatus()).isEqualTo(CheckStatus.PASSING);
    assertThat(await(client.catalogServices()).getList())
        .anySatisfy(found -> assertThat(found.getName()).isEqualTo("orders"));
    assertThat(await(client.catalogServiceNodes("orders")).getList()).hasSize(1);
    assertThat(await(client.localServices())).hasSize(1);
    assertThat(await(client.localChecks())).hasSize(1);
    assertThat(await(client.catalogNodes()).getList()).isNotEmpty();
    assertThat(await(client.catalogDatacenters())).containsExactly("dc1");
    assertThat(await(client.agentInfo()).getString("Config")).contains("dc1");
    await(client.failCheckWithNote("service:orders-1", "broken"));
    assertThat(await(client.healthChecks("orders")).getList().get(0).getOutput())
        .isEqualTo("broken");
    ServiceQueryOptions tagged = new ServiceQueryOptions().setTag("v2");
    assertThat(await(client.healthServiceNodesWithOptions("orders", false, tagged)).getList())
        .isEmpty();
    await(client.deregisterService("orders-1"));
    assertThat(await(client.healthServiceNodes("orders", false)).getList()).isEmpty();
  }

  @Test
  void followsAKeyByAWatch() {
    List<String> seen = new CopyOnWriteArrayList<>();
    Watch<KeyValue> watch =
        Watch.key("watched", rig.vertx, options())
            .setHandler(
                result -> {
                  if (result.succeeded() && result.nextResult().isPresent()) {
                    seen.add(result.nextResult().getValue());
                  }
                })
            .start();
    await(client.putValue("watched", "1"));
    eventually(() -> assertThat(seen).contains("1"));
    await(client.putValue("watched", "2"));
    eventually(() -> assertThat(seen).endsWith("2"));
    watch.stop();
  }

  @Test
  void transactsAndFiresEvents() {
    TxnRequest request =
        new TxnRequest()
            .addOperation(new TxnKVOperation().setKey("a").setValue("1").setType(TxnKVVerb.SET))
            .addOperation(new TxnKVOperation().setKey("a").setType(TxnKVVerb.GET));
    assertThat(await(client.transaction(request)).getResults()).hasSize(2);
    TxnRequest refused =
        new TxnRequest().addOperation(new TxnKVOperation().setKey("none").setType(TxnKVVerb.GET));
    assertThat(await(client.transaction(refused)).getErrors()).hasSize(1);
    await(client.fireEventWithOptions("deploy", new EventOptions().setPayload("v2")));
    assertThat(await(client.listEvents()).getList().get(0).getPayload()).isEqualTo("v2");
    // This client cuts off the last character, as it does with Consul itself.
    assertThat(await(client.leaderStatus())).isEqualTo("127.0.0.1:900");
    assertThat(await(client.peersStatus())).containsExactly("127.0.0.1:9001");
  }
}
