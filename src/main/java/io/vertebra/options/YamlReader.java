package io.vertebra.options;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.StringReader;
import java.util.Collections;
import java.util.Date;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.representer.Representer;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * Reads one YAML document as JSON: texts, numbers, true and false, lists and maps. A key twice, an
 * alias of a list or map, and every other type are refused. Sizes are bounded.
 */
final class YamlReader {
  static final int MAX_CHARACTERS = 1024 * 1024;
  private static final int MAX_DEPTH = 32;

  private final Map<String, Integer> lines = new LinkedHashMap<>();
  private final Set<Node> seen = Collections.newSetFromMap(new IdentityHashMap<>());
  private final Scalars scalars;
  private final Yaml yaml;

  YamlReader() {
    LoaderOptions limits = new LoaderOptions();
    limits.setCodePointLimit(MAX_CHARACTERS);
    limits.setNestingDepthLimit(MAX_DEPTH);
    limits.setMaxAliasesForCollections(10);
    limits.setAllowRecursiveKeys(false);
    scalars = new Scalars(limits);
    yaml =
        new Yaml(
            scalars,
            new Representer(new DumperOptions()),
            new DumperOptions(),
            limits,
            new JsonTypes());
  }

  /**
   * The document's value, null for an empty one.
   *
   * @throws YamlProblem saying line and column
   */
  @Nullable Object read(String text) {
    try {
      Node root = yaml.compose(new StringReader(text));
      return root == null ? null : value(root, "");
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      throw new YamlProblem(e.getProblem(), mark == null ? e.getContextMark() : mark);
    } catch (YAMLException e) {
      throw new YamlProblem(String.valueOf(e.getMessage()), null);
    }
  }

  /** The line, from 1 on, of every value read, by JSON Pointer. */
  Map<String, Integer> lines() {
    return lines;
  }

  private @Nullable Object value(Node node, String pointer) {
    lines.put(pointer, node.getStartMark().getLine() + 1);
    if (node instanceof ScalarNode scalar) {
      return scalar(scalar);
    }
    if (!seen.add(node)) {
      throw new YamlProblem("an alias repeats a list or a map: write it out", node.getStartMark());
    }
    return node instanceof SequenceNode list
        ? list(list, pointer)
        : object((MappingNode) node, pointer);
  }

  private JsonArray list(SequenceNode node, String pointer) {
    JsonArray list = new JsonArray();
    for (Node item : node.getValue()) {
      list.add(value(item, pointer + "/" + list.size()));
    }
    return list;
  }

  private JsonObject object(MappingNode node, String pointer) {
    JsonObject object = new JsonObject();
    for (NodeTuple entry : node.getValue()) {
      Node keyNode = entry.getKeyNode();
      if (!(keyNode instanceof ScalarNode key)) {
        throw new YamlProblem("a key must be a text", keyNode.getStartMark());
      }
      String name = key.getValue();
      String at = pointer + "/" + name.replace("~", "~0").replace("/", "~1");
      if (object.containsKey(name)) {
        throw new YamlProblem("'" + name + "' is here twice", key.getStartMark());
      }
      object.put(name, value(entry.getValueNode(), at));
      lines.put(at, key.getStartMark().getLine() + 1);
    }
    return object;
  }

  private @Nullable Object scalar(ScalarNode node) {
    Object value = scalars.construct(node);
    if (value instanceof byte[] || value instanceof Date || value instanceof Set) {
      throw new YamlProblem("the tag " + node.getTag() + " means nothing", node.getStartMark());
    }
    return value;
  }

  /** What JSON's types need, made of scalars. */
  private static final class Scalars extends SafeConstructor {
    Scalars(LoaderOptions limits) {
      super(limits);
    }

    @Nullable Object construct(ScalarNode node) {
      return constructDocument(node);
    }
  }

  /**
   * What plain scalars mean: the JSON schema of YAML 1.2, section 10.2. So {@code off} is a text
   * and not false, and {@code 010} a text and not 8.
   */
  private static final class JsonTypes extends Resolver {
    private static final Pattern NULL = Pattern.compile("null|~|");
    private static final Pattern BOOL = Pattern.compile("true|false");
    private static final Pattern INT = Pattern.compile("-?(0|[1-9][0-9]*)");
    private static final Pattern FLOAT =
        Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][-+]?[0-9]+)?");

    @Override
    protected void addImplicitResolvers() {
      addImplicitResolver(Tag.BOOL, BOOL, "tf");
      addImplicitResolver(Tag.INT, INT, "-0123456789");
      addImplicitResolver(Tag.FLOAT, FLOAT, "-0123456789");
      addImplicitResolver(Tag.NULL, NULL, "~n\0");
      addImplicitResolver(Tag.NULL, NULL, null);
    }
  }

  /** Text that is not such a document. */
  static final class YamlProblem extends RuntimeException {
    private static final long serialVersionUID = 1;

    YamlProblem(String problem, @Nullable Mark at) {
      super(
          (at == null
                  ? ""
                  : "line " + (at.getLine() + 1) + ", column " + (at.getColumn() + 1) + ": ")
              + problem,
          null,
          false,
          false);
    }
  }
}
