package io.vertebra.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.hazelcast.config.Config;
import com.hazelcast.internal.serialization.InternalSerializationService;
import com.hazelcast.internal.serialization.impl.DefaultSerializationServiceBuilder;
import com.hazelcast.spi.exception.RetryableHazelcastException;
import java.io.IOException;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutionException;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class HazelcastConfigTest {
  private final Config config = config(List.of());
  private final InternalSerializationService serializer =
      new DefaultSerializationServiceBuilder().setConfig(config.getSerializationConfig()).build();

  @AfterEach
  void close() {
    serializer.dispose();
  }

  @Test
  void letsMembersTellEachOtherOfExceptions() {
    Exception cause = new ExecutionException(new IOException("closed"));
    cause.addSuppressed(new IllegalStateException("too"));
    Object told = serializer.toObject(serializer.toData(new RetryableHazelcastException(cause)));
    assertThat(told).isInstanceOf(RetryableHazelcastException.class);
    assertThat((Throwable) told).hasRootCauseMessage("closed");
  }

  @Test
  void makesNoObjectsOfOtherClasses() throws Exception {
    for (Object untrusted :
        new Object[] {new ObjectName("a:b=c"), URI.create("http://127.0.0.1/").toURL()}) {
      assertThatThrownBy(() -> serializer.toObject(serializer.toData(untrusted)))
          .as("%s", untrusted.getClass())
          .hasMessageContaining("not allowed");
    }
  }

  @Test
  void looksForNobodyWithoutMembers() {
    var join = config.getNetworkConfig().getJoin();
    assertThat(join.getMulticastConfig().isEnabled()).isFalse();
    assertThat(join.getAutoDetectionConfig().isEnabled()).isFalse();
    assertThat(join.getTcpIpConfig().getMembers()).isEmpty();
    assertThat(config(List.of("127.0.0.1")).getNetworkConfig().isPortAutoIncrement()).isFalse();
  }

  private static Config config(List<String> members) {
    NodeFacts facts = new NodeFacts("", List.of("core"), "1", Instant.EPOCH);
    try {
      return HazelcastConfig.of(new ClusterOptions("test", "127.0.0.1", 5701, 0, members), facts);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }
}
