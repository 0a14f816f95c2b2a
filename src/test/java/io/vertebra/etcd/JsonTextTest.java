package io.vertebra.etcd;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The messages are what etcd 3.4.23 answered. */
final class JsonTextTest {
  private static final String OBJECT = "map[string]json.RawMessage";

  private static Message parse(String body) {
    return Message.parse(body.getBytes(StandardCharsets.UTF_8));
  }

  static Stream<String[]> wrongBodies() {
    return Stream.of(
        new String[] {"[]", "json: cannot unmarshal array into Go value of type " + OBJECT},
        new String[] {"3", "json: cannot unmarshal number into Go value of type " + OBJECT},
        new String[] {"\"x\"", "json: cannot unmarshal string into Go value of type " + OBJECT},
        new String[] {"true", "json: cannot unmarshal bool into Go value of type " + OBJECT},
        new String[] {"{\"key\":", "unexpected EOF"},
        new String[] {"{\"key\":\"Zm9v\"", "unexpected EOF"},
        new String[] {"{\"key\":\"Zm9v", "unexpected EOF"},
        new String[] {"nul", "unexpected EOF"},
        new String[] {"xx", "invalid character 'x' looking for beginning of value"},
        new String[] {"{\"key\":1,}", at("'}' looking for beginning of object key string")},
        new String[] {"{key:1}", at("'k' looking for beginning of object key string")},
        new String[] {"{\"key\":1 \"x\":1}", at("'\"' after object key:value pair")},
        new String[] {"{\"key\" \"x\"}", at("'\"' after object key")},
        new String[] {"{\"key\":[1 2]}", at("'2' after array element")},
        new String[] {"{\"key\":\"\\q\"}", at("'q' in string escape code")},
        new String[] {"{\"key\":\"\\u00g0\"}", at("'g' in \\u hexadecimal character escape")},
        new String[] {"{\"key\":\"a\nb\"}", at("'\\n' in string literal")},
        new String[] {"{\"limit\":-}", at("'}' in numeric literal")},
        new String[] {"{\"limit\":01}", at("'1' after object key:value pair")},
        new String[] {"{\"limit\":1.}", at("'}' after decimal point in numeric literal")},
        new String[] {"{\"limit\":1e}", at("'}' in exponent of numeric literal")},
        new String[] {"{\"limit\":tru}", at("'}' in literal true (expecting 'e')")});
  }

  private static String at(String rest) {
    return "invalid character " + rest;
  }

  @ParameterizedTest
  @MethodSource("wrongBodies")
  void saysWhatIsWrongAsGoDoes(String body, String message) {
    assertThatThrownBy(() -> parse(body)).isInstanceOf(EtcdException.class).hasMessage(message);
  }

  static Stream<String[]> wrongNumbers() {
    return Stream.of(
        new String[] {"\"x\"", at("'x' looking for beginning of value")},
        new String[] {"\"0x1\"", at("'x' after top-level value")},
        new String[] {"\"01\"", at("'1' after top-level value")},
        new String[] {"\"+1\"", at("'+' looking for beginning of value")},
        new String[] {"\"\"", "unexpected end of JSON input"},
        new String[] {"1.5", unfit("number 1.5")},
        new String[] {"\"1.0\"", unfit("number 1.0")},
        new String[] {"1e2", unfit("number 1e2")},
        new String[] {"99999999999999999999", unfit("number 99999999999999999999")},
        new String[] {"true", unfit("bool")},
        new String[] {"[1]", unfit("array")},
        new String[] {"{}", unfit("object")});
  }

  private static String unfit(String what) {
    return "json: cannot unmarshal " + what + " into Go value of type int64";
  }

  @ParameterizedTest
  @MethodSource("wrongNumbers")
  void takesNothingButIntegersForNumbers(String value, String message) {
    Message given = parse("{\"limit\":" + value + "}");
    assertThatThrownBy(() -> given.number("limit")).hasMessage(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "\"5\"", "\" 5\"", "\"\\u0035\""})
  void takesNumbersAsTextToo(String value) {
    assertThat(parse("{\"limit\":" + value + "}").number("limit")).isEqualTo(5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "{}", "null", "{\"limit\":null}", "{\"limit\":\"null\"}"})
  void takesWhatIsAbsentForZero(String body) {
    assertThat(parse(body).number("limit")).isZero();
  }

  @Test
  void readsTheFirstValueAlone() {
    assertThat(parse("{\"limit\":1} {\"limit\":2}").number("limit")).isEqualTo(1);
    assertThat(parse("{\"limit\":1} junk").number("limit")).isEqualTo(1);
  }

  @Test
  void prefersCamelCaseAndTheLastOfTheSameName() {
    assertThat(parse("{\"rangeEnd\":\"YQ==\",\"range_end\":\"Yg==\"}").bytes("range_end"))
        .hasToString("a");
    assertThat(parse("{\"key\":\"YQ==\",\"key\":\"Yg==\"}").bytes("key")).hasToString("b");
    assertThat(parse("{\"minModRevision\":3}").number("min_mod_revision")).isEqualTo(3);
  }

  @Test
  void readsTextInUtf8WithEscapes() {
    JsonValue value = JsonText.only("\"\\u00e4\\ud83d\\ude00\\n/\u00df\"");
    assertThat(value).isEqualTo(new JsonValue.Text("\u00e4\ud83d\ude00\n/\u00df"));
  }

  @Test
  void refusesWhatIsNestedTooDeep() {
    char[] open = new char[100_000];
    Arrays.fill(open, '[');
    assertThatThrownBy(() -> parse(new String(open))).hasMessage("exceeded max depth");
  }

  @Test
  void knowsWordsByNameAndByNumber() {
    assertThat(order("\"DESCEND\"")).isEqualTo(RangeQuery.Order.DESCEND);
    assertThat(order("1")).isEqualTo(RangeQuery.Order.ASCEND);
    assertThat(order("null")).isEqualTo(RangeQuery.Order.NONE);
    String type = " for enum etcdserverpb.RangeRequest_SortOrder";
    assertThatThrownBy(() -> order("\"1\"")).hasMessage("unknown value \"1\"" + type);
    assertThatThrownBy(() -> order("77")).hasMessage("unknown value 77" + type);
  }

  private static RangeQuery.Order order(String value) {
    return parse("{\"sort_order\":" + value + "}")
        .choice("sort_order", RangeQuery.Order.class, "RangeRequest_SortOrder");
  }
}
