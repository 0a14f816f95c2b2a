package io.vertebra.queue.event;

import io.vertebra.api.Failure;
import io.vertebra.api.Violation;
import io.vertebra.kv.Bytes;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * An event.
 *
 * <p>Source: CloudEvents 1.0.2, sections "Context Attributes" and "Type System".
 *
 * @param attributes all of them by name, as text; but for the type of the data
 * @param contentType of the data, the attribute {@code datacontenttype}; empty if not told
 * @param data empty if there are none
 */
public record CloudEvent(Map<String, String> attributes, Optional<String> contentType, Bytes data) {
  public static final String ID = "id";
  public static final String SOURCE = "source";
  public static final String VERSION = "specversion";
  public static final String TYPE = "type";
  public static final String TIME = "time";
  public static final String SCHEMA = "dataschema";
  public static final String SUBJECT = "subject";

  /** The attribute that says which events belong together; of an extension. */
  public static final String PARTITION_KEY = "partitionkey";

  static final String CONTENT_TYPE = "datacontenttype";
  static final String VERSION_1 = "1.0";
  private static final List<String> REQUIRED = List.of(ID, SOURCE, VERSION, TYPE);
  private static final Pattern NAME = Pattern.compile("[a-z0-9]+");
  private static final Pattern DATE_TIME =
      Pattern.compile(
          "\\d{4}-\\d\\d-\\d\\d[Tt]\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?([Zz]|[+-]\\d\\d:\\d\\d)");
  private static final Pattern MEDIA_TYPE =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+/[!#$%&'*+.^_`|~0-9A-Za-z-]+\\s*(;.*)?");

  /**
   * Checks the rules.
   *
   * @throws Failure {@code INVALID} with every attribute that is missing or wrong
   */
  public CloudEvent {
    attributes = Collections.unmodifiableMap(new TreeMap<>(attributes));
    List<Violation> violations = new ArrayList<>();
    for (String name : REQUIRED) {
      if (!attributes.containsKey(name)) {
        violations.add(new Violation("/" + name, "is missing"));
      }
    }
    attributes.forEach(
        (name, value) ->
            problem(name, value)
                .ifPresent(detail -> violations.add(new Violation("/" + name, detail))));
    if (contentType.filter(type -> !isMediaType(type)).isPresent()) {
      violations.add(new Violation("/" + CONTENT_TYPE, "must be a media type"));
    }
    if (!violations.isEmpty()) {
      throw Failure.invalid(violations);
    }
  }

  /** Whether a text is a media type (RFC 2046). */
  public static boolean isMediaType(String text) {
    return MEDIA_TYPE.matcher(text).matches();
  }

  private static Optional<String> problem(String name, String value) {
    if (!NAME.matcher(name).matches()) {
      return Optional.of("must have a name of lower-case letters a to z and digits");
    }
    if (name.equals("data") || name.equals(CONTENT_TYPE)) {
      return Optional.of("cannot be an attribute here");
    }
    if (value.chars().anyMatch(Character::isISOControl)) {
      return Optional.of("must not have control characters");
    }
    return switch (name) {
      case VERSION -> unless(value.equals(VERSION_1), "must be 1.0");
      case ID, TYPE, SUBJECT -> unless(!value.isEmpty(), "must not be empty");
      case SOURCE -> unless(!value.isEmpty() && isUri(value, false), "must be a URI reference");
      case SCHEMA -> unless(isUri(value, true), "must be an absolute URI");
      case TIME -> unless(isTime(value), "must be a time as 2030-01-01T00:00:00Z");
      default -> Optional.empty();
    };
  }

  private static Optional<String> unless(boolean holds, String detail) {
    return holds ? Optional.empty() : Optional.of(detail);
  }

  private static boolean isUri(String text, boolean absolute) {
    try {
      return new URI(text).isAbsolute() || !absolute;
    } catch (URISyntaxException malformed) {
      return false;
    }
  }

  private static boolean isTime(String text) {
    try {
      return DATE_TIME.matcher(text).matches() && OffsetDateTime.parse(text).getYear() >= 0;
    } catch (DateTimeException malformed) {
      return false;
    }
  }

  /** An attribute that all events have, or empty text. */
  public String attribute(String name) {
    return attributes.getOrDefault(name, "");
  }

  /** The same event with further attributes. */
  public CloudEvent with(Map<String, String> more) {
    Map<String, String> all = new TreeMap<>(attributes);
    all.putAll(more);
    return new CloudEvent(all, contentType, data);
  }
}
