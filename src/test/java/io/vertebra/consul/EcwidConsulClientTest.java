package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import com.ecwid.consul.v1.ConsulClient;
import com.ecwid.consul.v1.QueryParams;
import com.ecwid.consul.v1.Response;
import com.ecwid.consul.v1.agent.model.Member;
import com.ecwid.consul.v1.agent.model.NewService;
import com.ecwid.consul.v1.event.model.Event;
import com.ecwid.consul.v1.event.model.EventParams;
import com.ecwid.consul.v1.health.HealthServicesRequest;
import com.ecwid.consul.v1.health.model.HealthService;
import com.ecwid.consul.v1.kv.model.GetValue;
import com.ecwid.consul.v1.kv.model.PutParams;
import com.ecwid.consul.v1.session.model.NewSession;
import com.ecwid.consul.v1.session.model.Session;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** {@code com.ecwid.consul:consul-api}, which Spring Cloud Consul uses, as it is. */
final class EcwidConsulClientTest {
  private final ConsulRig rig = new ConsulRig();
  private final ConsulClient client = new ConsulClient("127.0.0.1", rig.port());

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  void electsALeader() {
    String ann = session();
    String bob = session();
    assertThat(campaign(ann)).isTrue();
    assertThat(campaign(bob)).isFalse();
    GetValue leader = client.getKVValue("service/leader").getValue();
    assertThat(leader.getDecodedValue()).isEqualTo(ann);
    assertThat(leader.getSession()).isEqualTo(ann);
    CompletableFuture<GetValue> next =
        CompletableFuture.supplyAsync(
            () -> {
              QueryParams later = new QueryParams(30, leader.getModifyIndex());
              return new ConsulClient("127.0.0.1", rig.port())
                  .getKVValue("service/leader", later)
                  .getValue();
            });
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    client.sessionDestroy(ann, QueryParams.DEFAULT);
    assertThat(next.join().getSession()).isNull();
    assertThat(campaign(bob)).isTrue();
  }

  private String session() {
    NewSession session = new NewSession();
    session.setName("candidate");
    session.setTtl("10s");
    session.setLockDelay(0);
    session.setBehavior(Session.Behavior.RELEASE);
    return client.sessionCreate(session, QueryParams.DEFAULT).getValue();
  }

  private boolean campaign(String session) {
    PutParams acquire = new PutParams();
    acquire.setAcquireSession(session);
    return client.setKVValue("service/leader", session, acquire).getValue();
  }

  @Test
  void readsConfigurationOfAPrefixAndWaitsForItsChange() {
    client.setKVValue("config/app/a", "1");
    client.setKVValue("config/app/b", "2");
    Response<List<GetValue>> all = client.getKVValues("config/app/");
    assertThat(all.getValue()).hasSize(2);
    assertThat(all.getConsulIndex()).isPositive();
    assertThat(all.isConsulKnownLeader()).isTrue();
    assertThat(client.getKVValues("config/none/").getValue()).isNull();
    CompletableFuture<Response<List<GetValue>>> later =
        CompletableFuture.supplyAsync(
            () ->
                new ConsulClient("127.0.0.1", rig.port())
                    .getKVValues("config/app/", new QueryParams(30, all.getConsulIndex())));
    eventually(() -> assertThat(rig.waiting()).isEqualTo(1));
    client.deleteKVValue("config/app/a");
    assertThat(later.join().getValue()).hasSize(1);
    assertThat(client.getKVKeysOnly("config/").getValue()).containsExactly("config/app/b");
  }

  @Test
  void registersAServiceWithATimeToLive() {
    NewService service = new NewService();
    service.setId("web-1");
    service.setName("web");
    service.setPort(80);
    service.setAddress("10.0.0.2");
    service.setTags(List.of("blue"));
    NewService.Check check = new NewService.Check();
    check.setTtl("60s");
    service.setCheck(check);
    client.agentServiceRegister(service);
    HealthServicesRequest passing =
        HealthServicesRequest.newBuilder().setPassing(true).setTag("blue").build();
    assertThat(client.getHealthServices("web", passing).getValue()).isEmpty();
    client.agentCheckPass("service:web-1", "well");
    HealthService found = client.getHealthServices("web", passing).getValue().get(0);
    assertThat(found.getService().getPort()).isEqualTo(80);
    assertThat(found.getNode().getAddress()).isEqualTo("127.0.0.1");
    assertThat(client.getAgentServices().getValue()).containsKey("web-1");
    assertThat(client.getAgentChecks().getValue()).containsKey("service:web-1");
    assertThat(client.getAgentSelf().getValue().getConfig().getDatacenter()).isEqualTo("dc1");
    assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue()).containsKey("web");
    assertThat(client.getStatusLeader().getValue()).isEqualTo("127.0.0.1:9001");
    client.agentServiceSetMaintenance("web-1", true, "upgrade");
    assertThat(client.getHealthServices("web", passing).getValue()).isEmpty();
    client.agentServiceDeregister("web-1");
    assertThat(client.getCatalogServices(QueryParams.DEFAULT).getValue()).doesNotContainKey("web");
  }

  /**
   * As Spring Cloud Consul does: by the index of the answer it finds the last event it has seen.
   */
  @Test
  void tellsTheEventsThatItHasNotSeenByTheIndexOfTheLast() {
    client.eventFire("deploy", "1", new EventParams(), QueryParams.DEFAULT);
    Event fired =
        client.eventFire("deploy", "2", new EventParams(), QueryParams.DEFAULT).getValue();
    Response<List<Event>> seen = client.eventList("deploy", QueryParams.DEFAULT);
    Event last = seen.getValue().get(1);
    assertThat(last.getId()).isEqualTo(fired.getId());
    assertThat(last.getWaitIndex()).isEqualTo(seen.getConsulIndex());
    assertThat(seen.getValue().get(0).getWaitIndex()).isLessThan(last.getWaitIndex());
    client.eventFire("other", "3", new EventParams(), QueryParams.DEFAULT);
    assertThat(client.eventList("deploy", QueryParams.DEFAULT).getConsulIndex())
        .isEqualTo(seen.getConsulIndex());
    Member member = client.getAgentMembers().getValue().get(0);
    assertThat(member.getTags()).containsEntry("dc", "dc1").containsEntry("role", "consul");
    assertThat(client.getStatusPeers().getValue()).containsExactly("127.0.0.1:9001");
  }
}
