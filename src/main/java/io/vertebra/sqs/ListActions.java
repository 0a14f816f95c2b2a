package io.vertebra.sqs;

import io.vertebra.queue.ListQueues;
import io.vertebra.queue.QueueService;
import io.vertebra.queue.QueueView;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/** The actions that list queues. A token of a page is the last name before it. */
final class ListActions {
  private static final int MOST = 1_000;
  private static final int PAGE = 100;
  private static final int MAX_NAME = 80;

  private final QueueNames names;

  ListActions(QueueNames names) {
    this.names = names;
  }

  Map<String, Action> byName() {
    return Map.of(
        "ListQueues",
        asked -> {
          String prefix = asked.params().text("QueueNamePrefix").orElse("");
          // No queue begins with what is longer than a name.
          return prefix.length() > MAX_NAME
              ? Future.succeededFuture(new JsonObject())
              : list(asked, prefix, queue -> true, "QueueUrls");
        },
        "ListDeadLetterSourceQueues",
        this::sources);
  }

  private Future<JsonObject> sources(Asked asked) {
    String target = asked.params().queue();
    return asked
        .queues()
        .get(target)
        .compose(
            there ->
                list(
                    asked,
                    "",
                    queue -> queue.definition().deadLetter().filter(target::equals).isPresent(),
                    "queueUrls"));
  }

  private Future<JsonObject> list(
      Asked asked, String prefix, Predicate<QueueView> wanted, String member) {
    Optional<Integer> limit = asked.params().integer("MaxResults", 1, MOST);
    int most = limit.orElse(MOST);
    Optional<String> cursor = asked.params().text("NextToken").map(ListActions::name);
    ListQueues first = new ListQueues(prefix, cursor, PAGE);
    return find(asked.queues(), first, wanted, new ArrayList<>(), most + 1)
        .map(
            found -> {
              boolean more = found.size() > most;
              List<QueueView> told = more ? found.subList(0, most) : found;
              JsonObject json = new JsonObject();
              if (!told.isEmpty()) {
                json.put(member, urls(asked.base(), told));
              }
              if (more && limit.isPresent()) {
                json.put("NextToken", token(told.get(told.size() - 1).name()));
              }
              return json;
            });
  }

  /** Queues that are wanted, at most about so many. */
  private static Future<List<QueueView>> find(
      QueueService queues,
      ListQueues request,
      Predicate<QueueView> wanted,
      List<QueueView> found,
      int most) {
    return queues
        .list(request)
        .compose(
            page -> {
              page.items().stream().filter(wanted).forEach(found::add);
              if (page.cursor().isEmpty() || found.size() >= most) {
                return Future.succeededFuture(found);
              }
              ListQueues next = new ListQueues(request.prefix(), page.cursor(), request.limit());
              return find(queues, next, wanted, found, most);
            });
  }

  private JsonArray urls(String base, List<QueueView> queues) {
    return new JsonArray(queues.stream().map(queue -> names.url(base, queue.name())).toList());
  }

  private static String token(String name) {
    return Base64.getUrlEncoder().encodeToString(name.getBytes(StandardCharsets.UTF_8));
  }

  private static String name(String token) {
    try {
      String name = new String(Base64.getUrlDecoder().decode(token), StandardCharsets.UTF_8);
      return QueueNames.checked(name);
    } catch (IllegalArgumentException | SqsException e) {
      throw SqsException.invalid("NextToken", token, "Not one that was given.");
    }
  }
}
