package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.kv.Bytes;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class Base64TextTest {

  /** Where etcd 3.4.23 found them wrong. */
  @ParameterizedTest
  @CsvSource({
    "Zm9, 0",
    "Zm9!, 3",
    "_-8=, 0",
    "Zm 9v, 2",
    "Zm9vY, 4",
    "Zm9vYQ=, 7",
    "Zm9vYQ, 4",
    "Zm=v, 2",
    "Zm9vYQ==Zm9v, 8",
    "=, 0",
    "Zm9vYQ==x, 8",
    "Zm9v\u00e9, 4"
  })
  void tellsWhereItIsWrong(String text, int index) {
    assertThatThrownBy(() -> Base64Text.decode(text))
        .hasMessage("illegal base64 data at input byte " + index);
  }

  @ParameterizedTest
  @CsvSource({"'Zm9v\n', foo", "'Zm\r\n9v', foo", "Zm9vYR==, fooa", "'Zm9vYQ==\n', fooa"})
  void isAsTolerantAsGo(String text, String decoded) {
    assertThat(Base64Text.decode(text)).hasToString(decoded);
  }

  @Property
  void decodesWhatItEncoded(@ForAll byte[] bytes) {
    Bytes given = Bytes.of(bytes);
    assertThat(Base64Text.decode(Base64Text.encode(given))).isEqualTo(given);
  }
}
