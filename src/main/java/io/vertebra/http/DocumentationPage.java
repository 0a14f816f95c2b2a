package io.vertebra.http;

import io.vertx.core.json.Json;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** An OpenAPI document as a page for people. */
final class DocumentationPage {
  private static final String STYLE = style();

  /** Allows the page's own style and nothing else. */
  static final String POLICY =
      "default-src 'none'; style-src 'sha256-" + digest(STYLE) + "'; frame-ancestors 'none'";

  private final StringBuilder html = new StringBuilder();

  private DocumentationPage() {}

  static String render(JsonObject document) {
    return new DocumentationPage().page(document);
  }

  private String page(JsonObject document) {
    String title = document.getJsonObject("info").getString("title");
    html.append("<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">")
        .append("<title>" + escape(title) + " API</title><style>")
        .append(STYLE)
        .append("</style></head><body><nav><h1>" + escape(title) + "</h1>");
    JsonArray tags = document.getJsonArray("tags");
    for (int i = 0; i < tags.size(); i++) {
      String name = escape(tags.getJsonObject(i).getString("name"));
      html.append("<a href=\"#" + name + "\">" + name + "</a>");
    }
    html.append("<hr><a href=\"openapi.json\">openapi.json</a></nav><main>");
    if (tags.isEmpty()) {
      html.append("<p class=\"quiet\">No operations are offered yet.</p>");
    }
    for (int i = 0; i < tags.size(); i++) {
      section(tags.getJsonObject(i), document.getJsonObject("paths"));
    }
    return html.append("</main></body></html>").toString();
  }

  private void section(JsonObject tag, JsonObject paths) {
    String name = tag.getString("name");
    html.append("<section id=\"" + escape(name) + "\"><h2>" + escape(name) + "</h2>")
        .append("<p class=\"quiet\">" + escape(tag.getString("description", "")) + "</p>");
    for (String path : paths.fieldNames()) {
      JsonObject item = paths.getJsonObject(path);
      for (String method : item.fieldNames()) {
        JsonObject operation = item.getJsonObject(method);
        if (operation.getJsonArray("tags").contains(name)) {
          operation(method, path, operation);
        }
      }
    }
    html.append("</section>");
  }

  private void operation(String method, String path, JsonObject operation) {
    html.append("<details id=\"" + escape(operation.getString("operationId")) + "\"><summary>")
        .append("<b class=\"" + method + "\">" + method.toUpperCase(Locale.ROOT) + "</b>")
        .append("<code>" + escape(path) + "</code><span>")
        .append(escape(operation.getString("summary", "")) + "</span></summary>");
    JsonArray parameters = operation.getJsonArray("parameters", new JsonArray());
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < parameters.size(); i++) {
      JsonObject parameter = parameters.getJsonObject(i);
      if (parameter.containsKey("name")) {
        rows.add(parameterRow(parameter));
      } else {
        rows.add(row("node", "query", "string", "Id of the node that is to answer.", false));
      }
    }
    table("Parameters", rows);
    JsonObject body = operation.getJsonObject("requestBody");
    if (body != null) {
      table("Body", rows(schema(body)));
    }
    table("Answer", rows(schema(operation.getJsonObject("responses").getJsonObject("200"))));
    html.append("</details>");
  }

  private static String parameterRow(JsonObject parameter) {
    JsonObject schema = parameter.getJsonObject("schema");
    return row(
        parameter.getString("name"),
        parameter.getString("in"),
        type(schema),
        parameter.getString("description", ""),
        parameter.getBoolean("required", false));
  }

  /** What a body or answer is as JSON; nothing is told of one that never is. */
  private static JsonObject schema(JsonObject content) {
    JsonObject json = content.getJsonObject("content").getJsonObject("application/json");
    return json == null ? new JsonObject() : json.getJsonObject("schema");
  }

  private static List<String> rows(JsonObject schema) {
    JsonArray required = schema.getJsonArray("required", new JsonArray());
    List<String> rows = new ArrayList<>();
    for (Map.Entry<String, Object> entry : schema.getJsonObject("properties", new JsonObject())) {
      if (entry.getValue() instanceof JsonObject type) {
        rows.add(
            row(
                entry.getKey(),
                "json",
                type(type),
                type.getString("description", ""),
                required.contains(entry.getKey())));
      }
    }
    return rows;
  }

  private void table(String title, List<String> rows) {
    if (!rows.isEmpty()) {
      html.append("<h3>" + title + "</h3><table>");
      rows.forEach(html::append);
      html.append("</table>");
    }
  }

  private static String row(
      String name, String place, String type, String description, boolean required) {
    String mark = required ? "<sup title=\"required\">*</sup>" : "";
    return "<tr><td><code>"
        + escape(name)
        + "</code>"
        + mark
        + "</td><td class=\"quiet\">"
        + place
        + "</td><td>"
        + escape(type)
        + "</td><td>"
        + escape(description.strip())
        + "</td></tr>";
  }

  /** A type with its bounds and default in words. */
  private static String type(JsonObject schema) {
    StringBuilder words = new StringBuilder(schema.getString("type", "any"));
    if (schema.getJsonObject("items") != null) {
      words.append(" of ").append(schema.getJsonObject("items").getString("type", "object"));
    }
    if (schema.getJsonArray("enum") != null) {
      words.append(": ").append(schema.getJsonArray("enum").stream().toList());
    }
    range(words, schema.getValue("minimum"), schema.getValue("maximum"), "");
    range(words, schema.getValue("minLength"), schema.getValue("maxLength"), " characters");
    range(words, null, schema.getValue("maxItems"), " items");
    if (schema.containsKey("default")) {
      words.append(", default ").append(Json.encode(schema.getValue("default")));
    }
    return words.toString();
  }

  private static void range(
      StringBuilder words, @Nullable Object min, @Nullable Object max, String unit) {
    if (max != null) {
      words.append(", ").append(min == null ? "at most " : min + " to ").append(max).append(unit);
    }
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;");
  }

  private static String style() {
    try (InputStream file = DocumentationPage.class.getResourceAsStream("documentation.css")) {
      if (file == null) {
        throw new IllegalStateException("documentation.css is not in the jar");
      }
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String digest(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return Base64.getEncoder().encodeToString(hash);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
