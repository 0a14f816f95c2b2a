package io.vertebra;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class ArgumentsTest {

  @Test
  void readsBothWaysToWriteAnOption() {
    Arguments arguments =
        Arguments.parse("start", "--config=a=b.yaml", "--set", "x=1", "--set=y={a: 1}");
    assertThat(arguments.command()).isEqualTo("start");
    assertThat(arguments.config()).contains(Path.of("a=b.yaml"));
    assertThat(arguments.sources(Map.of()).settings()).containsExactly("x=1", "y={a: 1}");
    assertThat(arguments.sources(Map.of()).file()).contains(Path.of("a=b.yaml"));
  }

  @Test
  void helpsWhoAsksForItOrForNothing() {
    assertThat(Arguments.parse().command()).isEqualTo("help");
    assertThat(Arguments.parse("--help").command()).isEqualTo("help");
    assertThat(Arguments.parse("-h").command()).isEqualTo("help");
  }

  @Test
  void readsTheWordsOfACommandBeforeItsOptions() {
    Arguments arguments = Arguments.parse("cluster", "add", "10.0.0.3:6701", "--set", "x=1");
    assertThat(arguments.words()).containsExactly("add", "10.0.0.3:6701");
    assertThat(arguments.settings()).containsExactly("x=1");
  }

  @Test
  void namesWhatIsMisspelt() {
    assertThatThrownBy(() -> Arguments.parse("start", "now"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("now is unknown");
    assertThatThrownBy(() -> Arguments.parse("cluster"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("status, add, remove or replace");
    assertThatThrownBy(() -> Arguments.parse("start", "--confg", "a"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--confg is unknown");
    assertThatThrownBy(() -> Arguments.parse("start", "--set"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--set is unknown or wants a value");
  }
}
