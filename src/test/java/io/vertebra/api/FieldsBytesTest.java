package io.vertebra.api;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.JsonObject;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How bytes are read from JSON. */
final class FieldsBytesTest {
  private static final byte[] BYTES = {(byte) 0xfb, (byte) 0xff, 1, 2};

  private static byte[] bytes(Fields fields) {
    byte[] read = fields.bytes("value", 1, 4).required();
    return fields.build(() -> read);
  }

  private static byte[] utf8(Fields fields) {
    byte[] read = fields.utf8("value", 1, 4).required();
    return fields.build(() -> read);
  }

  private static byte[] read(Function<Fields, byte[]> reader, Object value) {
    return reader.apply(Fields.of(new JsonObject().put("value", value)));
  }

  private static void refuses(Function<Fields, byte[]> reader, Object value, String detail) {
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> read(reader, value))
        .withMessage("/value " + detail);
  }

  @ParameterizedTest
  @ValueSource(strings = {"+/8BAg==", "+/8BAg", "-_8BAg==", "-_8BAg"})
  void readsBase64OfEitherAlphabetWithAndWithoutPadding(String text) {
    assertThat(read(FieldsBytesTest::bytes, text)).isEqualTo(BYTES);
  }

  @Test
  void takesABufferAsItIs() {
    assertThat(read(FieldsBytesTest::bytes, Buffer.buffer(BYTES))).isEqualTo(BYTES);
    assertThat(read(FieldsBytesTest::utf8, Buffer.buffer(BYTES))).isEqualTo(BYTES);
  }

  @Test
  void tellsTheRuleThatBytesBreak() {
    refuses(FieldsBytesTest::bytes, "a!", "must be base64");
    refuses(FieldsBytesTest::bytes, 7, "must be base64");
    refuses(FieldsBytesTest::bytes, "", "must have 1 to 4 bytes");
    refuses(FieldsBytesTest::bytes, Buffer.buffer("12345"), "must have 1 to 4 bytes");
  }

  @Test
  void measuresTextInBytes() {
    assertThat(read(FieldsBytesTest::utf8, "öö")).isEqualTo("öö".getBytes(UTF_8));
    assertThat(read(FieldsBytesTest::utf8, "\ud83d\ude00")).hasSize(4);
    refuses(FieldsBytesTest::utf8, "ööö", "must have 1 to 4 bytes");
    refuses(FieldsBytesTest::utf8, "\ud83d", "must be a string of whole characters");
    refuses(FieldsBytesTest::utf8, 7, "must be a string");
  }

  @Test
  void doesNotTakeBytesForText() {
    Function<Fields, String> text =
        fields -> {
          String read = fields.text("value", 0, 9).required();
          return fields.build(() -> read);
        };
    JsonObject json = new JsonObject().put("value", Buffer.buffer("a"));
    assertThatExceptionOfType(Failure.class)
        .isThrownBy(() -> text.apply(Fields.of(json)))
        .withMessage("/value must be a string");
  }

  @Test
  void describesBytesAsBase64() {
    JsonObject value =
        Fields.describe(FieldsBytesTest::bytes).getJsonObject("properties").getJsonObject("value");
    assertThat(value.getString("contentEncoding")).isEqualTo("base64");
    assertThat(value.getInteger("maxLength")).isEqualTo(8);
  }
}
