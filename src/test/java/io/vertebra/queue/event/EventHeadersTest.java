package io.vertebra.queue.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertebra.kv.Bytes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of CloudEvents 1.0.2 and of its binding to HTTP. */
final class EventHeadersTest {

  private static Map<String, String> headers(String... more) {
    Map<String, String> headers = new HashMap<>();
    headers.put("ce-id", "1");
    headers.put("ce-source", "/shop");
    headers.put("ce-specversion", "1.0");
    headers.put("ce-type", "sold");
    for (int i = 0; i < more.length; i += 2) {
      headers.put(more[i], more[i + 1]);
    }
    return headers;
  }

  private static CloudEvent read(Map<String, String> headers) {
    return EventHeaders.read(headers, Bytes.utf8("data"), 10).get(0);
  }

  @Test
  void readsWhatIsNeededAndTheData() {
    CloudEvent event = read(headers("content-type", "text/plain; charset=utf-8"));
    assertThat(event.attributes())
        .isEqualTo(Map.of("id", "1", "source", "/shop", "specversion", "1.0", "type", "sold"));
    assertThat(event.contentType()).contains("text/plain; charset=utf-8");
    assertThat(event.data()).isEqualTo(Bytes.utf8("data"));
    assertThat(read(headers()).contentType()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"id", "source", "specversion", "type"})
  void refusesAnEventWithoutWhatAllHave(String name) {
    Map<String, String> headers = headers();
    headers.remove("ce-" + name);
    assertThatThrownBy(() -> read(headers)).hasMessage("/" + name + " is missing");
  }

  @Test
  void tellsEverythingThatIsWrongAtOnce() {
    assertThatThrownBy(() -> read(new HashMap<>(Map.of("ce-time", "noon"))))
        .hasMessage(
            "/id is missing; /source is missing; /specversion is missing; /type is missing; "
                + "/time must be a time as 2030-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @CsvSource({
    "ce-specversion, 1.0, true",
    "ce-specversion, 0.3, false",
    "ce-specversion, 1.0.2, false",
    "ce-id, 'ü 1', true",
    "ce-id, '', false",
    "ce-type, com.example.sold, true",
    "ce-type, '', false",
    "ce-source, https://github.com/cloudevents, true",
    "ce-source, urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66, true",
    "ce-source, mailto:cncf-wg-serverless@lists.cncf.io, true",
    "ce-source, /cloudevents/spec/pull/123, true",
    "ce-source, 1-555-123-4567, true",
    "ce-source, '', false",
    "ce-source, 'a b', false",
    "ce-subject, mynewfile.jpg, true",
    "ce-subject, '', false",
    "ce-dataschema, https://example.com/schema, true",
    "ce-dataschema, /schema, false",
    "ce-dataschema, '', false",
    "ce-time, 2018-04-05T17:31:00Z, true",
    "ce-time, 2018-04-05T17:31:00.123456789+02:00, true",
    "ce-time, 2018-04-05t17:31:00z, true",
    "ce-time, 2018-04-05T17:31Z, false",
    "ce-time, 2018-04-05T17:31:00, false",
    "ce-time, 2018-02-30T17:31:00Z, false",
    "ce-time, 1522949460, false",
    "ce-traceparent, 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01, true",
    "ce-a1, '', true",
    "ce-my-extension, x, false",
    "ce-my_extension, x, false",
    "ce-data, x, false",
    "ce-datacontenttype, text/plain, false",
    "ce-, x, false",
    "ce-x, 'a\tb', false",
    "content-type, text/plain, true",
    "content-type, 'text/xml; charset=\"utf-8\"', true",
    "content-type, plain, false",
    "content-type, application/cloudevents+avro, false",
    "content-type, application/cloudevents-batch+protobuf, false"
  })
  void obeysTheRulesOfEachAttribute(String name, String value, boolean valid) {
    Map<String, String> headers = headers(name, value);
    if (valid) {
      assertThat(read(headers)).isNotNull();
    } else {
      assertThatThrownBy(() -> read(headers)).hasMessageMatching("(?s)/[a-z0-9_-]* .*");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Euro%20%E2%82%AC%20%F0%9F%98%80, Euro € 😀",
    "a%2525, a%25",
    "a%e4%bd%a0, a你",
    "'\"a \\\"b\\\" c\"', 'a \"b\" c'",
    "plain, plain",
    "'with space', 'with space'"
  })
  void decodesValues(String sent, String meant) {
    assertThat(read(headers("ce-x", sent)).attribute("x")).isEqualTo(meant);
  }

  @ParameterizedTest
  @CsvSource({"%", "%4", "a%zz", "%C3", "%ED%A0%80"})
  void refusesValuesThatCannotBeDecoded(String sent) {
    assertThatThrownBy(() -> read(headers("ce-x", sent)))
        .hasMessage("/x must be percent-encoded UTF-8");
  }

  @Test
  void writesWhatItReads() {
    CloudEvent event =
        new CloudEvent(
            Map.of(
                "id", "\"€\" % 😀",
                "source", "/s",
                "specversion", "1.0",
                "type", "t",
                "x1", "a b"),
            Optional.of("text/html"),
            Bytes.utf8("<p>"));
    Map<String, String> written = EventHeaders.write(event);
    assertThat(written)
        .containsEntry("ce-id", "%22%E2%82%AC%22%20%25%20%F0%9F%98%80")
        .containsEntry("ce-x1", "a%20b")
        .containsEntry("content-type", "text/html");
    assertThat(EventHeaders.read(written, event.data(), 1)).isEqualTo(List.of(event));
  }
}
