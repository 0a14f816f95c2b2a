package io.vertebra.queue.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.provider.EventFormatProvider;
import io.cloudevents.jackson.JsonFormat;
import io.vertebra.kv.Bytes;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The JSON format of CloudEvents 1.0.2, with the SDK of its authors as the judge. */
final class EventJsonTest {
  private static final String BASE = "'specversion':'1.0','id':'1','source':'/s','type':'t'";

  private static CloudEvent read(String json) {
    return EventJson.read(Bytes.utf8(json.replace('\'', '"')));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'data':{'a':[1,null]} | {\"a\":[1,null]} | application/json",
        "'data':'text' | \"text\" | application/json",
        "'data':12.5 | 12.5 | application/json",
        "'data':null | null | application/json",
        "'data':true,'datacontenttype':'application/vnd.x+json' | true | application/vnd.x+json",
        "'data':'text','datacontenttype':'text/plain' | text | text/plain",
        "'data':'<a/>','datacontenttype':'application/xml' | <a/> | application/xml",
        "'data':{'a':1},'datacontenttype':'text/plain' | {\"a\":1} | text/plain",
        "'data_base64':'aGk=','datacontenttype':'text/plain' | hi | text/plain",
        "'data_base64':'e30=' | {} | application/json",
        "'x':null | | application/json"
      })
  void readsData(String members, String data, String type) {
    CloudEvent event = read("{" + BASE + "," + members + "}");
    assertThat(event.data().asText().orElseThrow()).isEqualTo(Objects.requireNonNullElse(data, ""));
    assertThat(event.contentType()).contains(type);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'data':1,'data_base64':'aGk=' | /data_base64 and data exclude each other",
        "'data_base64':'?' | /data_base64 must be base64",
        "'data_base64':1 | /data_base64 must be base64",
        "'subject':1 | /subject must be a string, or of an extension a boolean or integer",
        "'x':{} | /x must be a string, or of an extension a boolean or integer",
        "'x':[] | /x must be a string, or of an extension a boolean or integer",
        "'x':1.5 | /x must be a string, or of an extension a boolean or integer",
        "'x':2147483648 | /x must be a string, or of an extension a boolean or integer",
        "'X':'a' | /X must have a name of lower-case letters a to z and digits",
        "'time':'noon' | /time must be a time as 2030-01-01T00:00:00Z",
        "'datacontenttype':'x' | /datacontenttype must be a media type"
      })
  void refusesWhatIsAgainstTheRules(String members, String message) {
    assertThatThrownBy(() -> read("{" + BASE + "," + members + "}")).hasMessage(message);
  }

  @Test
  void refusesWhatIsNoEvent() {
    assertThatThrownBy(() -> read("[]")).hasMessage("the body must be an event: a JSON object");
    assertThatThrownBy(() -> read("{")).hasMessageContaining("the body is not valid JSON");
    assertThatThrownBy(() -> read("{}")).hasMessageContaining("/id is missing");
    assertThatThrownBy(() -> read("{'id':'','x':{}}"))
        .hasMessageContaining("/x must be a string")
        .hasMessageContaining("/id must not be empty")
        .hasMessageContaining("/type is missing");
  }

  @Test
  void takesExtensionsOfOtherTypesAsText() {
    CloudEvent event = read("{" + BASE + ",'flag':true,'count':7,'none':null}");
    assertThat(event.attributes()).containsEntry("flag", "true").containsEntry("count", "7");
    assertThat(event.attributes()).doesNotContainKey("none");
  }

  @Test
  void readsBatchesAndTellsWhichEventIsWrong() {
    String one = "{" + BASE + "}";
    assertThat(batch("[]")).isEmpty();
    assertThat(batch("[" + one + "," + one + "]")).hasSize(2);
    assertThatThrownBy(() -> batch("[" + one + ",{" + BASE + ",'subject':''},1]"))
        .hasMessage("/1/subject must not be empty; /2 must be an event: a JSON object");
    assertThatThrownBy(() -> batch(one)).hasMessageContaining("a JSON array");
    assertThatThrownBy(() -> batch("[" + one + "," + one + "," + one + "," + one + "]"))
        .hasMessage("the batch must have at most 3 events");
  }

  private static List<CloudEvent> batch(String json) {
    return EventJson.readBatch(Bytes.utf8(json.replace('\'', '"')), 3);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "application/json | {\"a\":1} | {\"a\":1}",
        "application/json | \"text\" | \"text\"",
        "text/plain | hello € | hello €",
        "application/octet-stream | bytes | bytes"
      })
  void writesWhatTheSdkReads(String type, String data, String expected) {
    CloudEvent event =
        new CloudEvent(
            Map.of(
                "id",
                "i",
                "source",
                "/s?a=b",
                "specversion",
                "1.0",
                "type",
                "t",
                "time",
                "2030-01-01T00:00:00Z",
                "subject",
                "sub",
                "myext",
                "x y"),
            Optional.of(type),
            Bytes.utf8(data));
    io.cloudevents.CloudEvent judged =
        format().deserialize(EventJson.write(event).toBuffer().getBytes());
    assertThat(judged.getId()).isEqualTo("i");
    assertThat(judged.getSource()).isEqualTo(URI.create("/s?a=b"));
    assertThat(judged.getTime()).isEqualTo(OffsetDateTime.parse("2030-01-01T00:00:00Z"));
    assertThat(judged.getSubject()).isEqualTo("sub");
    assertThat(judged.getExtension("myext")).isEqualTo("x y");
    assertThat(judged.getDataContentType()).isEqualTo(type);
    assertThat(new String(judged.getData().toBytes(), StandardCharsets.UTF_8)).isEqualTo(expected);
  }

  @Test
  void writesBytesAndWhatIsNoJsonAsBase64() {
    Map<String, String> attributes =
        Map.of("id", "i", "source", "/s", "specversion", "1.0", "type", "t");
    byte[] bytes = {(byte) 0xff, 0, 1};
    JsonObject json =
        EventJson.write(new CloudEvent(attributes, Optional.of("image/png"), Bytes.wrap(bytes)));
    assertThat(json.getString("data_base64")).isEqualTo("/wAB");
    assertThat(format().deserialize(json.toBuffer().getBytes()).getData().toBytes())
        .isEqualTo(bytes);
    JsonObject broken =
        EventJson.write(
            new CloudEvent(attributes, Optional.of("application/json"), Bytes.utf8("{")));
    assertThat(broken.containsKey("data")).isFalse();
    assertThat(broken.getString("data_base64")).isEqualTo("ew==");
    JsonObject none = EventJson.write(new CloudEvent(attributes, Optional.empty(), Bytes.EMPTY));
    assertThat(none.fieldNames()).containsExactlyInAnyOrder("id", "source", "specversion", "type");
  }

  @Test
  void readsWhatTheSdkWrites() {
    io.cloudevents.CloudEvent given =
        CloudEventBuilder.v1()
            .withId("i")
            .withSource(URI.create("urn:x:1"))
            .withType("t")
            .withTime(OffsetDateTime.parse("2030-01-01T00:00:00+01:00"))
            .withDataSchema(URI.create("https://example.com/s"))
            .withExtension("count", 5)
            .withExtension("flag", true)
            .withData("application/json", "{\"a\":1}".getBytes(StandardCharsets.UTF_8))
            .build();
    CloudEvent event = EventJson.read(Bytes.wrap(format().serialize(given)));
    assertThat(event.attributes())
        .containsEntry("id", "i")
        .containsEntry("source", "urn:x:1")
        .containsEntry("dataschema", "https://example.com/s")
        .containsEntry("count", "5")
        .containsEntry("flag", "true");
    assertThat(event.attribute("time")).startsWith("2030-01-01T00:00");
    assertThat(event.data()).isEqualTo(Bytes.utf8("{\"a\":1}"));
  }

  private static io.cloudevents.core.format.EventFormat format() {
    return Objects.requireNonNull(
        EventFormatProvider.getInstance().resolveFormat(JsonFormat.CONTENT_TYPE));
  }
}
