package io.vertebra.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class FieldsTest {
  private static final Predicate<String> AS_TEXT = pointer -> true;

  /** A reader that reads one field of every kind. */
  record Everything(
      String text,
      int integer,
      long longInteger,
      double number,
      boolean flag,
      Duration pause,
      ClientAuth choice,
      List<String> texts,
      Map<String, String> textMap,
      Inner inner,
      List<Inner> list,
      Map<String, Inner> map) {

    static Everything from(Fields fields) {
      String text = fields.text("text", 2, 4).required();
      int integer = fields.integer("integer", -5, 5).required();
      long longInteger = fields.longInteger("longInteger", 0, 1L << 40).required();
      double number = fields.number("number", 0, 1.5).required();
      boolean flag = fields.flag("flag").required();
      Duration pause = fields.millis("waitMs", 1, 1000).required();
      ClientAuth choice = fields.choice("choice", ClientAuth.class).required();
      List<String> texts = fields.texts("texts", 2, 3).required();
      Map<String, String> textMap = fields.textMap("textMap", 2, 3).required();
      Inner inner = fields.object("inner", Inner::from).required();
      List<Inner> list = fields.objects("list", 2, Inner::from).required();
      Map<String, Inner> map = fields.objectMap("map", 2, Inner::from).required();
      return fields.build(
          () ->
              new Everything(
                  text,
                  integer,
                  longInteger,
                  number,
                  flag,
                  pause,
                  choice,
                  texts,
                  textMap,
                  inner,
                  list,
                  map));
    }
  }

  record Inner(int size) {
    static Inner from(Fields fields) {
      int size = fields.integer("size", 1, 9).required();
      return fields.build(() -> new Inner(size));
    }
  }

  private static JsonObject good() {
    JsonObject inner = new JsonObject().put("size", 3);
    return new JsonObject()
        .put("text", "abc")
        .put("integer", -5)
        .put("longInteger", 1L << 40)
        .put("number", 1.5)
        .put("flag", true)
        .put("waitMs", 1000)
        .put("choice", "required")
        .put("texts", new JsonArray().add("a").add("abc"))
        .put("textMap", new JsonObject().put("a", "b"))
        .put("inner", inner)
        .put("list", new JsonArray().add(inner))
        .put("map", new JsonObject().put("k", inner));
  }

  private static Everything read(JsonObject json) {
    return Everything.from(Fields.of(json));
  }

  private static Failure failure(JsonObject json, Function<Fields, ?> reader) {
    return failure(json, reader, pointer -> false);
  }

  private static Failure failure(
      JsonObject json, Function<Fields, ?> reader, Predicate<String> textual) {
    Failure failure =
        catchThrowableOfType(Failure.class, () -> reader.apply(Fields.of(json, textual)));
    assertThat(failure).as("a failure of " + json).isNotNull();
    assertThat(failure.code()).isEqualTo(FailureCode.INVALID);
    return failure;
  }

  private static List<String> pointers(JsonObject json) {
    return failure(json, Everything::from).violations().stream().map(Violation::pointer).toList();
  }

  @Test
  void readsEveryKind() {
    Everything read = read(good());
    Inner inner = new Inner(3);
    assertThat(read)
        .isEqualTo(
            new Everything(
                "abc",
                -5,
                1L << 40,
                1.5,
                true,
                Duration.ofSeconds(1),
                ClientAuth.REQUIRED,
                List.of("a", "abc"),
                Map.of("a", "b"),
                inner,
                List.of(inner),
                Map.of("k", inner)));
  }

  @Test
  void tellsEverythingThatIsMissingAtOnce() {
    List<Violation> violations = failure(new JsonObject(), Everything::from).violations();
    assertThat(violations)
        .extracting(Violation::pointer)
        .containsExactlyInAnyOrderElementsOf(
            good().fieldNames().stream().map(name -> "/" + name).toList());
    assertThat(violations).allMatch(violation -> violation.detail().equals("is missing"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "text; 7",
        "text; \"a\"",
        "text; \"abcde\"",
        "integer; \"1\"",
        "integer; 1.5",
        "integer; -6",
        "integer; 6",
        "integer; 9999999999",
        "longInteger; 1099511627777",
        "longInteger; 123456789012345678901234",
        "number; \"1\"",
        "number; -0.1",
        "number; 1.51",
        "flag; \"true\"",
        "flag; 1",
        "waitMs; 0",
        "waitMs; 1001",
        "waitMs; \"1 s\"",
        "choice; \"REQUIRED\"",
        "choice; \"other\"",
        "choice; 1",
        "texts; \"a,b\"",
        "texts; [1]",
        "texts; [\"\"]",
        "texts; [\"abcd\"]",
        "texts; [\"a\",\"b\",\"c\"]",
        "textMap; {\"a\":1}",
        "textMap; {\"a\":\"abcd\"}",
        "textMap; {\"a\":\"\",\"b\":\"\",\"c\":\"\"}",
        "textMap; []",
        "inner; 1",
        "list; {}",
        "list; [{\"size\":1},{\"size\":1},{\"size\":1}]",
        "map; []",
      })
  void refusesWhatIsOfTheWrongTypeOrOutOfRange(String name, String value) {
    JsonObject json = good();
    json.put(name, new JsonObject("{\"v\":" + value + "}").getValue("v"));
    assertThat(pointers(json)).containsExactly("/" + name);
  }

  @Test
  void pointsIntoNestedObjects() {
    JsonObject bad = new JsonObject().put("size", 10);
    JsonObject json =
        good()
            .put("inner", bad)
            .put("list", new JsonArray().add(new JsonObject().put("size", 1)).add(bad))
            .put("map", new JsonObject().put("a/b~c", bad))
            .put("unknown", 1);
    assertThat(pointers(json))
        .containsExactlyInAnyOrder("/inner/size", "/list/1/size", "/map/a~1b~0c/size", "/unknown");
    assertThat(pointers(good().put("list", new JsonArray().add(7)))).containsExactly("/list/0");
  }

  @Test
  void tellsWhatIsKnownWhenAFieldIsNot() {
    JsonObject json = new JsonObject().put("size", 1).put("sise", 1);
    assertThat(failure(json, Inner::from).getMessage())
        .isEqualTo("/sise is not known here; known are size");
  }

  @Test
  void readsNumbersFlagsAndListsFromTextWhereItIsText() {
    JsonObject json =
        good()
            .put("integer", "-5")
            .put("longInteger", "7")
            .put("number", "0.5")
            .put("flag", "true")
            .put("waitMs", "9")
            .put("texts", "a, b,");
    Everything read = Everything.from(Fields.of(json, AS_TEXT));
    assertThat(read.integer()).isEqualTo(-5);
    assertThat(read.number()).isEqualTo(0.5);
    assertThat(read.flag()).isTrue();
    assertThat(read.pause()).isEqualTo(Duration.ofMillis(9));
    assertThat(read.texts()).containsExactly("a", "b");
    assertThat(pointers(json))
        .containsExactlyInAnyOrder(
            "/integer", "/longInteger", "/number", "/flag", "/waitMs", "/texts");
  }

  @ParameterizedTest
  @CsvSource({"size, 1x", "size, ''", "size, 1.0", "size, 0x1", "size, 99999999999999999999"})
  void refusesTextThatIsNoNumber(String name, String text) {
    JsonObject json = new JsonObject().put(name, text);
    assertThat(failure(json, Inner::from, AS_TEXT).violations()).hasSize(1);
  }

  @Test
  void usesDefaultsAndOptionalsOnlyForWhatIsAbsent() {
    Function<Fields, String> reader =
        fields -> {
          int size = fields.integer("size", 1, 9).orElse(4);
          Optional<String> name = fields.text("name", 1, 9).optional();
          return fields.build(() -> size + name.orElse("-"));
        };
    assertThat(reader.apply(Fields.of(new JsonObject()))).isEqualTo("4-");
    assertThat(reader.apply(Fields.of(new JsonObject().put("size", 2).put("name", "a"))))
        .isEqualTo("2a");
    assertThat(failure(new JsonObject().put("size", 0), reader).violations()).hasSize(1);
  }

  @Test
  void reportsWhatTheConstructorRefusesRelativeToTheObject() {
    Function<Fields, String> inner =
        fields ->
            fields.build(
                () -> {
                  throw Failure.invalid("/pair", "must be ordered");
                });
    Function<Fields, String> outer =
        fields -> {
          String value = fields.object("inner", inner).required();
          return fields.build(() -> value);
        };
    assertThat(failure(new JsonObject().put("inner", new JsonObject()), outer).violations())
        .containsExactly(new Violation("/inner/pair", "must be ordered"));
  }

  @Test
  void readsASectionWhoseFieldsAllHaveDefaultsWhenItIsAbsent() {
    Function<Fields, Integer> section =
        fields -> {
          int size = fields.integer("size", 1, 9).orElse(4);
          return fields.build(() -> size);
        };
    Function<Fields, Integer> reader =
        fields -> {
          int size = fields.section("part", section);
          return fields.build(() -> size);
        };
    assertThat(reader.apply(Fields.of(new JsonObject()))).isEqualTo(4);
  }

  @Test
  void refusesWhatBreaksAnAddedRule() {
    Function<Fields, Integer> even =
        fields -> {
          int size =
              fields.integer("size", 1, 9).matching(n -> n % 2 == 0, "must be even").required();
          return fields.build(() -> size);
        };
    assertThat(even.apply(Fields.of(new JsonObject().put("size", 4)))).isEqualTo(4);
    assertThat(failure(new JsonObject().put("size", 3), even).violations())
        .containsExactly(new Violation("/size", "must be even"));
  }

  @Test
  void describesExactlyWhatItReads() {
    JsonObject schema = Fields.describe(Everything::from);
    assertThat(schema.getJsonObject("properties").fieldNames())
        .containsExactlyElementsOf(
            schema.getJsonArray("required").stream().map(Object::toString).toList());
    assertThat(schema.getJsonObject("properties").fieldNames())
        .containsExactlyInAnyOrderElementsOf(good().fieldNames());
    assertThat(schema.getBoolean("additionalProperties")).isFalse();
    JsonObject properties = schema.getJsonObject("properties");
    assertThat(properties.getJsonObject("integer"))
        .isEqualTo(new JsonObject("{\"type\":\"integer\",\"minimum\":-5,\"maximum\":5}"));
    assertThat(properties.getJsonObject("choice").getJsonArray("enum"))
        .containsExactly("none", "request", "required");
    assertThat(properties.getJsonObject("list").getJsonObject("items"))
        .isEqualTo(Fields.describe(Inner::from));
  }

  @Test
  void describesDefaultsAndMeaning() {
    JsonObject size =
        Fields.describe(
                fields -> {
                  int read = fields.integer("size", 1, 9).about("How much.").orElse(4);
                  return fields.build(() -> read);
                })
            .getJsonObject("properties")
            .getJsonObject("size");
    assertThat(size.getInteger("default")).isEqualTo(4);
    assertThat(size.getString("description")).isEqualTo("How much.");
  }
}
