package io.vertebra.consul;

import io.vertebra.consul.FilterLexer.Kind;
import io.vertebra.consul.FilterLexer.Token;
import io.vertebra.consul.FilterMatch.Operator;
import io.vertebra.consul.FilterMatch.Texts;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.List;
import java.util.function.Predicate;

/**
 * What a request wants of a list: the expression of its parameter {@code filter}, over what is told
 * of each. For one request.
 *
 * <p>Source: the grammar of Consul's filter expressions, as its documentation tells it.
 */
final class Filter implements Predicate<JsonObject> {
  static final int MAX_LENGTH = 4_096;
  static final int MAX_DEPTH = 32;
  static final int MAX_COMPARISONS = 64;

  private final JsonObject sample;
  private final List<Token> tokens;
  private final RegexSteps steps = new RegexSteps();
  private final Predicate<JsonObject> expression;
  private int at;
  private int comparisons;

  private Filter(String text, JsonObject sample) {
    if (text.length() > MAX_LENGTH) {
      throw refused("the expression has more than " + MAX_LENGTH + " characters");
    }
    this.sample = sample;
    this.tokens = new FilterLexer(text).tokens();
    this.expression = text.isBlank() ? any -> true : whole();
  }

  /**
   * The filter of a request; one for all if it has none.
   *
   * @param sample of what is filtered, with all members
   */
  static Filter of(Asked asked, JsonObject sample) {
    return new Filter(asked.text("filter"), sample);
  }

  static ConsulException refused(String why) {
    return ConsulException.badRequest("Failed to create filter: " + why);
  }

  @Override
  public boolean test(JsonObject item) {
    return expression.test(item);
  }

  /** The objects of a list that are wanted. */
  JsonArray of(JsonArray items) {
    JsonArray wanted = new JsonArray();
    for (Object item : items) {
      if (item instanceof JsonObject json && test(json)) {
        wanted.add(json);
      }
    }
    return wanted;
  }

  /** The objects that are wanted by their ids. */
  JsonObject of(JsonObject items) {
    JsonObject wanted = new JsonObject();
    for (String id : items.fieldNames()) {
      if (test(items.getJsonObject(id))) {
        wanted.put(id, items.getJsonObject(id));
      }
    }
    return wanted;
  }

  private Predicate<JsonObject> whole() {
    Predicate<JsonObject> whole = either(0);
    require(next().kind() == Kind.END, "expected and, or, or the end");
    return whole;
  }

  private Predicate<JsonObject> either(int depth) {
    Predicate<JsonObject> either = both(depth);
    while (takes("or")) {
      either = either.or(both(depth));
    }
    return either;
  }

  private Predicate<JsonObject> both(int depth) {
    Predicate<JsonObject> both = one(depth);
    while (takes("and")) {
      both = both.and(one(depth));
    }
    return both;
  }

  private Predicate<JsonObject> one(int depth) {
    require(depth < MAX_DEPTH, "nested more than " + MAX_DEPTH + " deep");
    if (takes("not")) {
      return one(depth + 1).negate();
    }
    if (tokens.get(at).kind() == Kind.OPEN) {
      at++;
      Predicate<JsonObject> inner = either(depth + 1);
      require(next().kind() == Kind.CLOSE, "expected )");
      return inner;
    }
    require(++comparisons <= MAX_COMPARISONS, "more than " + MAX_COMPARISONS + " comparisons");
    FilterMatch match = match();
    match.check(sample);
    return match;
  }

  private FilterMatch match() {
    Token first = next();
    Token sign = next();
    if (sign.kind() == Kind.EQUAL || sign.kind() == Kind.NOT_EQUAL) {
      return match(first, Operator.EQUALS, sign.kind() == Kind.NOT_EQUAL, value());
    }
    if (sign.is("is")) {
      boolean isNot = takes("not");
      require(takes("empty"), "expected empty");
      return match(first, Operator.IS_EMPTY, isNot, "");
    }
    boolean isNot = sign.is("not");
    Token word = isNot ? next() : sign;
    if (word.is("in")) {
      return match(next(), Operator.CONTAINS, isNot, value(first));
    }
    if (word.is("contains")) {
      return match(first, Operator.CONTAINS, isNot, value());
    }
    require(word.is("matches"), "expected an operator");
    return match(first, Operator.MATCHES, isNot, value());
  }

  private FilterMatch match(Token selector, Operator operator, boolean isNot, String value) {
    require(selector.kind() == Kind.WORD, "expected a selector");
    Texts texts =
        operator == Operator.MATCHES ? Texts.of(RegexSteps.compile(value), steps) : Texts.NONE;
    return new FilterMatch(selector.path(), operator, isNot, value, texts);
  }

  private String value() {
    return value(next());
  }

  private String value(Token token) {
    require(token.kind() == Kind.WORD || token.kind() == Kind.QUOTED, "expected a value");
    return token.text();
  }

  private boolean takes(String word) {
    boolean taken = tokens.get(at).is(word);
    at += taken ? 1 : 0;
    return taken;
  }

  /** The end is never passed. */
  private Token next() {
    Token token = tokens.get(at);
    at += token.kind() == Kind.END ? 0 : 1;
    return token;
  }

  private void require(boolean holds, String otherwise) {
    if (!holds) {
      throw refused(otherwise + " at \"" + tokens.get(Math.max(0, at - 1)).text() + "\"");
    }
  }
}
