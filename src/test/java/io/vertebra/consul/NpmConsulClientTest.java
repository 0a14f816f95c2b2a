package io.vertebra.consul;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * npm's {@code consul@2} as it is, where it is installed: {@code -Dconsul.npm=folder} names the
 * folder in which {@code npm install consul@2} was run.
 */
@EnabledIfSystemProperty(named = "consul.npm", matches = ".+")
final class NpmConsulClientTest {

  @Test
  void locksWatchesAndFindsServices() throws Exception {
    try (ConsulRig rig = new ConsulRig()) {
      Path script = Path.of("src/test/resources/consul/client.mjs").toAbsolutePath();
      Process process =
          new ProcessBuilder("node", script.toString(), Integer.toString(rig.port()))
              .directory(new File(System.getProperty("consul.npm")))
              .redirectErrorStream(true)
              .start();
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(output).isZero();
      assertThat(output).endsWith("done\n");
    }
  }
}
