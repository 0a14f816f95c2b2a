package io.vertebra.auth;

import io.vertebra.api.Failure;
import io.vertebra.api.FailureCode;
import io.vertebra.api.Operation;
import io.vertx.core.Future;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;

final class AuthHttpApiTest extends AuthApiContract {

  @Override
  Future<JsonObject> call(String action, JsonObject request, String authorization) {
    Operation<?> operation = node.operations.get("auth." + action);
    String path = operation.path();
    for (String name : List.of("name", "prefix", "id")) {
      if (path.contains("/:" + name)) {
        path = path.replace("/:" + name, "/" + encoded(request.remove(name).toString()));
      }
    }
    StringBuilder query = new StringBuilder();
    if (operation.method() == HttpMethod.GET || operation.method() == HttpMethod.DELETE) {
      request.forEach(
          field ->
              query
                  .append(query.isEmpty() ? '?' : '&')
                  .append(field.getKey())
                  .append('=')
                  .append(encoded(field.getValue().toString())));
      request.clear();
    }
    return node.sending(operation.method().name(), path + query, authorization, request)
        .map(
            response -> {
              JsonObject json = response.bodyAsJsonObject();
              if (response.statusCode() == 200) {
                return json;
              }
              String code = json.getString("code").toUpperCase(Locale.ROOT);
              throw new Failure(FailureCode.valueOf(code), json.getString("detail"));
            });
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }
}
