package io.vertebra.consul;

import static io.vertebra.testkit.Waiting.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.kiwiproject.consul.Consul;
import org.kiwiproject.consul.cache.KVCache;
import org.kiwiproject.consul.model.agent.ImmutableRegistration;
import org.kiwiproject.consul.model.agent.Registration;
import org.kiwiproject.consul.model.health.ServiceHealth;
import org.kiwiproject.consul.model.kv.ImmutableOperation;
import org.kiwiproject.consul.model.kv.Operation;
import org.kiwiproject.consul.model.kv.Verb;
import org.kiwiproject.consul.model.session.ImmutableSession;
import org.kiwiproject.consul.option.ImmutableQueryOptions;
import org.kiwiproject.consul.util.LeaderElectionUtil;

/** {@code org.kiwiproject:consul-client} as it is. */
final class KiwiConsulClientTest {
  private final ConsulRig rig = new ConsulRig();
  private final Consul client = Consul.builder().withUrl("http://127.0.0.1:" + rig.port()).build();

  @AfterEach
  void close() {
    client.destroy();
    rig.close();
  }

  @Test
  void locksBySessionAndElectsALeader() {
    String session =
        client
            .sessionClient()
            .createSession(ImmutableSession.builder().name("a").lockDelay("0s").ttl("10s").build())
            .getId();
    assertThat(client.keyValueClient().acquireLock("lock", "mine", session)).isTrue();
    assertThat(client.keyValueClient().getSession("lock")).hasValue(session);
    assertThat(client.sessionClient().renewSession(session)).isPresent();
    assertThat(client.keyValueClient().releaseLock("lock", session)).isTrue();
    client.sessionClient().destroySession(session);
    LeaderElectionUtil election = new LeaderElectionUtil(client);
    assertThat(election.electNewLeaderForService("orders", "ann")).hasValue("ann");
    assertThat(election.electNewLeaderForService("orders", "bob")).hasValue("ann");
    assertThat(election.releaseLockForService("orders")).isTrue();
  }

  @Test
  void findsAServiceOnceItsCheckPasses() throws Exception {
    Registration service =
        ImmutableRegistration.builder()
            .id("web-1")
            .name("web")
            .port(80)
            .address("10.0.0.3")
            .check(Registration.RegCheck.ttl(60))
            .tags(List.of("blue"))
            .meta(Map.of("zone", "a"))
            .build();
    client.agentClient().register(service);
    assertThat(client.healthClient().getHealthyServiceInstances("web").getResponse()).isEmpty();
    client.agentClient().pass("web-1");
    List<ServiceHealth> found =
        client.healthClient().getHealthyServiceInstances("web").getResponse();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).getService().getMeta()).containsEntry("zone", "a");
    assertThat(client.agentClient().isRegistered("web-1")).isTrue();
    assertThat(
            client
                .agentClient()
                .getService("web-1", ImmutableQueryOptions.builder().build())
                .getResponse()
                .getService())
        .isEqualTo("web");
    assertThat(client.agentClient().getAgent().getConfig().getDatacenter()).isEqualTo("dc1");
    assertThat(client.agentClient().getMembers()).hasSize(1);
    assertThat(client.catalogClient().getServices().getResponse()).containsKey("web");
    assertThat(client.catalogClient().getNodes().getResponse()).isNotEmpty();
    assertThat(client.catalogClient().getService("web").getResponse().get(0).getServicePort())
        .isEqualTo(80);
    client.agentClient().deregister("web-1");
    assertThat(client.healthClient().getAllServiceInstances("web").getResponse()).isEmpty();
  }

  @Test
  void cachesAPrefixAndFollowsIt() throws Exception {
    client.keyValueClient().putValue("conf/a", "1");
    List<Integer> sizes = new CopyOnWriteArrayList<>();
    try (KVCache cache = KVCache.newCache(client.keyValueClient(), "conf/", 5)) {
      cache.addListener(values -> sizes.add(values.size()));
      cache.start();
      eventually(() -> assertThat(sizes).contains(1));
      client.keyValueClient().putValue("conf/b", "2");
      eventually(() -> assertThat(sizes).endsWith(2));
    }
  }

  @Test
  void transactsFiresAndTellsItsStatus() {
    Operation set = ImmutableOperation.builder(Verb.SET).key("a").value("1").build();
    Operation get = ImmutableOperation.builder(Verb.GET).key("a").build();
    var done = client.keyValueClient().performTransaction(set, get);
    assertThat(done.getResponse().results()).hasSize(2);
    assertThat(client.keyValueClient().getValueAsString("a")).hasValue("1");
    client.eventClient().fireEvent("deploy", "v2");
    assertThat(client.eventClient().listEvents().getEvents().get(0).getPayload()).hasValue("v2");
    assertThat(client.statusClient().getLeader()).isEqualTo("127.0.0.1:9001");
    assertThat(client.statusClient().getPeers()).containsExactly("127.0.0.1:9001");
  }
}
