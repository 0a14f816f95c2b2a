package io.vertebra.config;

import java.util.ArrayList;
import java.util.List;

/**
 * The difference of two texts by lines, in the unified format with three lines of context.
 *
 * <p>Source: E. Myers, "An O(ND) Difference Algorithm and Its Variations", 1986; the format of GNU
 * diff.
 */
final class TextDiff {
  private static final int CONTEXT = 3;

  /** Beyond so many changed lines the whole texts are told, since finding out takes the square. */
  private static final int MAX_EDITS = 1_000;

  private final List<String> before;
  private final List<String> after;

  private TextDiff(List<String> before, List<String> after) {
    this.before = before;
    this.after = after;
  }

  /** A line of either or both. */
  private record Edit(char sign, String line) {}

  /** Lines to turn {@code before} into {@code after}; empty if they are equal. */
  static String unified(String name, String before, String after) {
    if (before.equals(after)) {
      return "";
    }
    List<Edit> edits = new TextDiff(lines(before), lines(after)).edits();
    return "--- a/" + name + "\n+++ b/" + name + "\n" + hunks(edits);
  }

  private static List<String> lines(String text) {
    if (text.isEmpty()) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(List.of(text.split("\n", -1)));
    if (text.endsWith("\n")) {
      lines.remove(lines.size() - 1);
    } else {
      int last = lines.size() - 1;
      lines.set(last, lines.get(last) + "\n\\ No newline at end of file");
    }
    return lines;
  }

  private List<Edit> edits() {
    int same = 0;
    int most = Math.min(before.size(), after.size());
    while (same < most && before.get(same).equals(after.get(same))) {
      same++;
    }
    List<int[]> traces = traces(same);
    List<Edit> edits = new ArrayList<>();
    before.subList(0, same).forEach(line -> edits.add(new Edit(' ', line)));
    if (traces.isEmpty()) {
      before.subList(same, before.size()).forEach(line -> edits.add(new Edit('-', line)));
      after.subList(same, after.size()).forEach(line -> edits.add(new Edit('+', line)));
    } else {
      List<Edit> back = walk(traces, same);
      for (int i = back.size() - 1; i >= 0; i--) {
        edits.add(back.get(i));
      }
    }
    return edits;
  }

  /** How far each diagonal gets with 0, 1, 2, ... edits; empty if there are too many. */
  private List<int[]> traces(int start) {
    int rows = before.size() - start;
    int columns = after.size() - start;
    int most = Math.min(rows + columns, MAX_EDITS);
    List<int[]> traces = new ArrayList<>();
    int[] reach = new int[2 * most + 3];
    for (int edits = 0; edits <= most; edits++) {
      for (int k = -edits; k <= edits; k += 2) {
        int x = begin(reach, k, edits, most);
        while (x < rows
            && x - k < columns
            && before.get(start + x).equals(after.get(start + x - k))) {
          x++;
        }
        reach[k + most + 1] = x;
        if (x >= rows && x - k >= columns) {
          traces.add(reach.clone());
          return traces;
        }
      }
      traces.add(reach.clone());
    }
    return List.of();
  }

  private static int begin(int[] reach, int k, int edits, int most) {
    boolean down = k == -edits || (k != edits && reach[k - 1 + most + 1] < reach[k + 1 + most + 1]);
    return edits == 0 ? 0 : down ? reach[k + 1 + most + 1] : reach[k - 1 + most + 1] + 1;
  }

  /** The edits from the end to {@code start}. */
  private List<Edit> walk(List<int[]> traces, int start) {
    List<Edit> back = new ArrayList<>();
    int x = before.size() - start;
    int y = after.size() - start;
    for (int edits = traces.size() - 1; edits >= 0; edits--) {
      int[] reach = edits == 0 ? new int[0] : traces.get(edits - 1);
      int k = x - y;
      int most = (reach.length - 3) / 2;
      int fromX = 0;
      int fromY = 0;
      if (edits > 0) {
        int left = reach[k - 1 + most + 1];
        int right = reach[k + 1 + most + 1];
        boolean down = k == -edits || (k != edits && left < right);
        fromX = down ? right : left;
        fromY = fromX - (down ? k + 1 : k - 1);
      }
      while (x > fromX && y > fromY) {
        back.add(new Edit(' ', before.get(start + --x)));
        y--;
      }
      if (x > fromX) {
        back.add(new Edit('-', before.get(start + --x)));
      } else if (y > fromY) {
        back.add(new Edit('+', after.get(start + --y)));
      }
    }
    return back;
  }

  private static String hunks(List<Edit> edits) {
    StringBuilder text = new StringBuilder();
    int at = 0;
    while (at < edits.size()) {
      int first = next(edits, at);
      if (first == edits.size()) {
        break;
      }
      int start = Math.max(at, first - CONTEXT);
      int end = first;
      for (int i = first; i < edits.size() && i <= end + 2 * CONTEXT; i++) {
        end = edits.get(i).sign() == ' ' ? end : i;
      }
      int stop = Math.min(edits.size(), end + CONTEXT + 1);
      hunk(text, edits, start, stop);
      at = stop;
    }
    return text.toString();
  }

  private static int next(List<Edit> edits, int from) {
    int at = from;
    while (at < edits.size() && edits.get(at).sign() == ' ') {
      at++;
    }
    return at;
  }

  private static void hunk(StringBuilder text, List<Edit> edits, int start, int stop) {
    String old = range(edits, start, stop, '+');
    String now = range(edits, start, stop, '-');
    text.append("@@ -").append(old).append(" +").append(now).append(" @@\n");
    for (Edit edit : edits.subList(start, stop)) {
      text.append(edit.sign()).append(edit.line()).append('\n');
    }
  }

  /** Where a hunk begins and how long it is on the side that lacks lines of {@code sign}. */
  private static String range(List<Edit> edits, int start, int stop, char sign) {
    long before = edits.subList(0, start).stream().filter(e -> e.sign() != sign).count();
    long length = edits.subList(start, stop).stream().filter(e -> e.sign() != sign).count();
    long first = length == 0 ? before : before + 1;
    return length == 1 ? Long.toString(first) : first + "," + length;
  }
}
